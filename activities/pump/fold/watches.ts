import type { TurnRow } from '../../../prisma/stores/pump/watches';
import { meets } from '../../../workflows/domain/conditions/evaluate';
import { factsAt, factsOf, type Moment } from '../../../workflows/domain/entries/known';
import { turnedSilently } from '../../../workflows/domain/entries/silent-turns';
import { turnEvent } from '../../../workflows/domain/entries/turn-event';
import { mayTurn } from '../../../workflows/domain/entries/watch';
import { columnsOf, scoreFrom } from '../../../workflows/domain/scoring/columns';
import { mayScore } from '../../../workflows/domain/scoring/may-score';
import { contactZone } from '../../../workflows/domain/timing/zone';
import type { Folding } from './folding';
import { knownOf, type Rules, type Subject, type TurnedEvent, type WatchNow } from './subject';

/**
 * Whom a watch holds for that has not looked at everybody yet is found out before the first event that can turn it:
 * whom it held for already when it began is a member from then on, and enters nothing.
 */
export function settleUnknown(subject: Subject, events: readonly TurnedEvent[], rules: Rules): TurnRow[] {
  return rules.watches.flatMap((watch) => {
    const { key, known, since: at, triggers } = watch;
    if (known || subject.member.has(key) || subject.createdAt >= at) return [];
    if (!events.some((event) => mayTurn(triggers, event, mayScore(rules.scoring, event)))) return [];
    if (!holds(subject, rules, { watch, at })) return [];
    subject.member.add(key);
    return [{ key, contactId: subject.id, holds: true, at }];
  });
}

/** Whose score another model alone has changed is where it leads them, and nobody is told: a storm would come of it. */
export function settleRecounted(subject: Subject, events: readonly TurnedEvent[], rules: Rules): TurnRow[] {
  const { counting, member } = subject;
  const [first] = events;
  if (!counting?.settled || first === undefined) return [];
  const { settled: state } = counting;
  const at = first.receivedAt;
  const score = scoreFrom(columnsOf(state, state.asOf ?? at), at);
  const { segments, defaultZone } = rules;
  const before = knownOf(subject);
  const counted = rules.watches.filter(({ triggers }) => triggers.scores);
  const seen = { before, now: { ...before, score }, member };
  const turned = turnedSilently(counted, seen, { segments, defaultZone, at, properties: {} });
  subject.score = score;
  for (const { key, holds: now } of turned) {
    if (now) member.add(key);
    else member.delete(key);
  }
  return turned.map((turn) => ({ ...turn, contactId: subject.id, at }));
}

/** Tells of the conditions that this event turned; what follows comes in a later round. */
export function turnWatches({ subject, event, rules, changes }: Folding, scored: boolean): void {
  const touched = rules.watches.filter(({ triggers }) => mayTurn(triggers, event, scored));
  if (touched.length === 0) return;
  const { receivedAt: at, properties } = event;
  const factsFor = factsAt(knownOf(subject), momentOf(subject, rules, { at, properties }));
  for (const watch of touched) {
    const { condition, journey } = watch;
    const now = meets(condition, factsFor({ condition, journeyKey: journey }));
    if (now === subject.member.has(watch.key)) continue;
    if (now) subject.member.add(watch.key);
    else subject.member.delete(watch.key);
    const turn = { key: watch.key, contactId: subject.id, holds: now, at };
    changes.turns.push(turn);
    const told = turnEvent(watch, { ...turn, cause: String(event.seq), because: event.type });
    if (told) changes.inside.push({ ...told, contactId: subject.id, hops: event.hops + 1 });
  }
}

function holds(subject: Subject, rules: Rules, { watch, at }: { watch: WatchNow; at: number }): boolean {
  const { condition, journey } = watch;
  const moment = momentOf(subject, rules, { at, properties: {} });
  return meets(condition, factsOf(knownOf(subject), { ...moment, condition, journeyKey: journey }));
}

function momentOf(subject: Subject, rules: Rules, { at, properties }: Pick<Moment, 'at' | 'properties'>): Moment {
  const zone = contactZone(subject.profile.fields, rules.defaultZone);
  return { segments: rules.segments, properties, at, zone };
}

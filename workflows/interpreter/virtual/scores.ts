import { columnsOf, scoreFrom } from '../../domain/scoring/columns';
import { mayChangeFit, mayScore, type Scoring } from '../../domain/scoring/may-score';
import { byMoment } from '../../domain/scoring/moments';
import { newScore } from '../../domain/scoring/new-score';
import { nextCheckAt } from '../../domain/scoring/next-check';
import { noScore, type ScoreNow } from '../../domain/scoring/now';
import { scoredTypes } from '../../domain/scoring/rule-index';
import type { MarkOf, ScoreInput } from '../../domain/scoring/state';
import { countAnew, countInput, countTime, instantOf, openTally, type Tally } from '../../domain/scoring/tally';
import { tellCrossings } from '../../domain/scoring/tell';
import { insideEvent } from './record';
import type { ContactRow, EventRow, ScoreRow, World } from './world';

/** As everybody sees it at an instant; of records that were made one, counted from both at once. */
export function scoreOfContact(world: World, contact: ContactRow, at: number): ScoreNow {
  const state = contact.score && current(world, contact, null).tally.state;
  return state?.asOf == null ? noScore : scoreFrom(columnsOf(state, state.asOf), at);
}

/** Counts what an event gives, before anything is decided by it, and tells of what its points cross. */
export function countEvent(world: World, event: EventRow, contact: ContactRow): void {
  const scoring = scoringOf(world);
  const happening = { ...event, context: {} };
  if (!mayScore(scoring, happening)) return;
  const { tally, marks } = open(world, contact, event);
  const { seq, type, properties, receivedAt: at } = event;
  const inputs: ScoreInput[] = [];
  if (mayChangeFit(scoring, happening)) inputs.push({ kind: 'fields', at, contact: { ...contact.fields } });
  if (scoring.types.has(type)) inputs.push({ kind: 'event', at, seq, type, properties });
  for (const input of inputs) marks.push(...countInput(tally, scoring.model, input));
  tell(world, contact, { marks, cause: String(seq) });
}

/** Points of a step; a visit gives them once. */
export function givePoints(world: World, contact: ContactRow, row: ScoreRow): void {
  const { axis, points, rule } = row;
  const { tally, marks } = open(world, contact, null);
  const at = instantOf(tally.state, { kind: 'given', ...row });
  world.scores.push({ ...row, at });
  marks.push(...countInput(tally, world.scoreModel, { kind: 'given', at, axis, points, rule }));
  tell(world, contact, { marks, cause: `${row.enrollmentId}:${row.visit}` });
}

/** What the two came to is neither's any more: it is counted anew when something next counts. */
export function mergeScores(stays: ContactRow, goes: ContactRow): void {
  const score = stays.score ?? goes.score;
  if (score) stays.score = { ...score, stale: true };
  delete goes.score;
}

/** When time alone next changes somebody's score; null: never. */
export function nextScoreCheck({ contacts, scoreModel }: World): number | null {
  const checks = contacts.flatMap(({ score }) => (score ? (nextCheckAt(scoreModel, score.tally.state) ?? []) : []));
  return checks.length === 0 ? null : Math.min(...checks);
}

/** What time alone has changed by now. */
export function sweepScores(world: World): void {
  const { now, scoreModel } = world;
  for (const contact of world.contacts) {
    const due = contact.score && nextCheckAt(scoreModel, contact.score.tally.state);
    if (due == null || due > now) continue;
    const { tally, marks } = open(world, contact, null);
    marks.push(...countTime(tally, scoreModel, now));
    tell(world, contact, { marks, cause: `time:${due}` });
  }
}

function scoringOf({ scoreModel: model }: World): Scoring {
  return { model, types: new Set(scoredTypes(model)) };
}

/** Ready to be counted on, without the event at hand; with what counting anew has changed. */
function open(world: World, contact: ContactRow, event: EventRow | null): { tally: Tally; marks: MarkOf[] } {
  const counted = current(world, contact, event);
  contact.score = { tally: counted.tally, stale: false };
  return counted;
}

function current(world: World, contact: ContactRow, event: EventRow | null): { tally: Tally; marks: MarkOf[] } {
  const { score } = contact;
  if (score && !score.stale) return { tally: score.tally, marks: [] };
  const inputs = inputsOf(world, contact, event);
  const tally = openTally(newScore(), inputs);
  const before = score?.tally.state ?? newScore();
  const to = inputs.at(-1)?.at ?? world.now;
  const rewrite = { from: -Infinity, fit: true, marksFrom: -Infinity };
  const net = countAnew(tally, world.scoreModel, { inputs, to, before, rewrite });
  return { tally, marks: score ? net : [] };
}

/** All that a contact's score is made of; who they are now counts as though it had been so from the start. */
function inputsOf(world: World, contact: ContactRow, but: EventRow | null): ScoreInput[] {
  const { types } = scoringOf(world);
  const events = world.events.filter(
    (event) => event !== but && event.turn !== null && event.contactId === contact.id && types.has(event.type),
  );
  const given = world.scores.filter(({ contactId }) => contactId === contact.id);
  const inputs: ScoreInput[] = [
    ...events.map(({ receivedAt: at, seq, type, properties }) => ({
      kind: 'event' as const,
      at,
      seq,
      type,
      properties,
    })),
    ...given.map(({ at, axis, points, rule }) => ({ kind: 'given' as const, at, axis, points, rule })),
  ];
  inputs.sort(byMoment);
  const since = Math.min(inputs[0]?.at ?? world.now, world.now);
  return [{ kind: 'fields', at: since, contact: { ...contact.fields } }, ...inputs];
}

function tell(world: World, { id: contactId }: ContactRow, it: { marks: readonly MarkOf[]; cause: string }): void {
  for (const { type, messageId, properties } of tellCrossings(it.marks, { contactId, cause: it.cause }))
    insideEvent(world, { type, messageId, contactId, properties });
}

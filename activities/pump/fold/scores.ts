import { columnsOf, scoreFrom } from '../../../workflows/domain/scoring/columns';
import { mayChangeFit, type Scoring } from '../../../workflows/domain/scoring/may-score';
import type { ScoreInput } from '../../../workflows/domain/scoring/state';
import { countPending, putInput } from '../../../workflows/domain/scoring/tally';
import { tellCrossings } from '../../../workflows/domain/scoring/tell';
import type { Folding } from './folding';
import type { Subject, TurnedEvent } from './subject';

/**
 * Counts what an event gives, before anything is decided by it, and tells of what its points cross. Answers whether
 * the score is another one now.
 */
export function countScore({ subject, event, rules, changes, scoresOn }: Folding): boolean {
  const { counting } = subject;
  if (!counting) return false;
  const { model } = rules.scoring;
  const { tally } = counting;
  // What bringing it up to date has changed is told with the first event.
  const marks = counting.net.splice(0);
  const before = tally.state;
  for (const input of inputsOf(event, subject, rules.scoring)) marks.push(...putInput(tally, model, input));
  if (!scoresOn) marks.push(...countPending(tally, model));
  subject.score = scoreFrom(columnsOf(tally.state, tally.state.asOf ?? event.receivedAt), event.receivedAt);
  const cause = { contactId: subject.id, cause: String(event.seq) };
  for (const told of tellCrossings(marks, cause)) {
    changes.inside.push({ ...told, contactId: subject.id, hops: event.hops + 1 });
  }
  return tally.state !== before || marks.length > 0;
}

/** Who they are by now comes first: a rule about an event cannot ask for fields, but readiness asks for fit. */
function inputsOf(event: TurnedEvent, { profile }: Subject, scoring: Scoring): ScoreInput[] {
  const { seq, type, properties } = event;
  const at = scoredAt(event);
  const inputs: ScoreInput[] = [];
  if (mayChangeFit(scoring, event)) {
    inputs.push({ kind: 'fields', at, contact: { ...profile.fields, traits: profile.traits } });
  }
  if (scoring.types.has(type)) inputs.push({ kind: 'event', at, seq, type, properties });
  return inputs;
}

/** When it happened; what claims to come from the future, when it came. */
export function scoredAt({ occurredAt, receivedAt }: { occurredAt: number; receivedAt: number }): number {
  return Math.min(occurredAt, receivedAt);
}

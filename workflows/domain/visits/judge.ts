import type { Refusal } from './refusal';
import type { Closes, Position, Standing, StoredVisit } from './visit';

/** Asked again when events accepted before a deadline are still unprocessed (PROTOCOL rule 5). */
const SETTLING_MS = 1000;

/** What an effect asks for, and everything the judgement rests on, read under the contact's lock. */
export interface Case {
  request: { visit: number; stepId: string; closes: Closes | null };
  standing: Standing;
  /** Visits of the enrollment around the request and around its current one, in any order. */
  visits: readonly StoredVisit[];
  /** The pause that covers this step now; `until` where it was lifted and this one's release is still to come. */
  hold: { until: number | null } | null;
  /** An event of this contact accepted before the closing visit's deadline is still unprocessed. */
  unprocessed: boolean;
  /** The later of the workflow's clock and the database's. */
  at: number;
  /** The clock that deadlines are held against: the database's, or `at` while fast-forwarded. */
  deadlineClock: number;
}

/** `open`: write the visit. `stored`: it was written before, give that answer again. */
export type Judgement = Refusal | { kind: 'open' } | { kind: 'stored'; visit: StoredVisit };

/** One judge for every effect that is about a visit, in the order of PROTOCOL rule 7. */
export function judge(it: Case): Judgement {
  const { request, standing } = it;
  if (standing.status === 'finished') return { kind: 'ended', outcome: standing.outcome ?? '' };
  if (request.visit < standing.visit || request.visit > standing.visit + 1) return behind(it);
  if (standing.leaving !== null) return { kind: 'leave' };
  return request.visit === standing.visit ? judgeStored(it) : judgeNew(it);
}

/** A finish because of `leaving` is only ever refused when there is nothing left to finish. */
export function judgeLeaving(it: Case): Judgement {
  if (it.standing.status === 'finished') return { kind: 'ended', outcome: it.standing.outcome ?? '' };
  return it.standing.leaving === null ? behind(it) : { kind: 'open' };
}

function judgeStored(it: Case): Judgement {
  const overtaken = overtakenBy(it);
  if (overtaken) return overtaken;
  const own = visitOf(it, it.request.visit);
  if (!own) return behind(it);
  return own.stepId === it.request.stepId ? { kind: 'stored', visit: own } : { kind: 'taken', stepId: own.stepId };
}

function judgeNew(it: Case): Judgement {
  return overtakenBy(it) ?? heldBy(it) ?? tooEarly(it) ?? { kind: 'open' };
}

function overtakenBy({ request, visits }: Case): Refusal | null {
  const before = visits.find((visit) => visit.visit === request.visit - 1);
  if (!before || before.outcome === null || before.outcome === request.closes?.outcome) return null;
  return { kind: 'overtaken', by: { visit: before.visit, stepId: before.stepId, outcome: before.outcome } };
}

function heldBy({ hold }: Case): Refusal | null {
  return hold && { kind: 'held', until: hold.until, written: false };
}

/** A timeout is written at or after the deadline, once every event accepted before it has been processed. */
function tooEarly(it: Case): Refusal | null {
  if (it.request.closes?.outcome !== 'timeout') return null;
  const before = visitOf(it, it.request.visit - 1);
  if (!before || before.outcome !== null || before.deadline === null) {
    return before?.outcome === null ? backTo(it, before) : null;
  }
  if (it.deadlineClock < before.deadline) return backTo(it, before);
  return it.unprocessed ? { kind: 'not-yet', until: it.at + SETTLING_MS, position: null } : null;
}

/** `until` is by the workflow's clock, which may differ from the one the deadline is held against. */
function backTo(it: Case, before: StoredVisit): Refusal {
  const until = before.deadline === null ? null : it.at + before.deadline - it.deadlineClock;
  return { kind: 'not-yet', until, position: positionOf(it, before) };
}

function behind(it: Case): Refusal {
  const current = visitOf(it, it.standing.visit);
  if (current) return { kind: 'behind', position: positionOf(it, current) };
  return { kind: 'behind', position: { visit: 0, stepId: '', closes: null } };
}

function positionOf(it: Case, visit: StoredVisit): Position {
  const before = visitOf(it, visit.visit - 1);
  const closes = before && before.outcome !== null ? { visit: before.visit, outcome: before.outcome } : null;
  return { visit: visit.visit, stepId: visit.stepId, closes };
}

function visitOf({ visits }: Case, number: number): StoredVisit | undefined {
  return visits.find((visit) => visit.visit === number);
}

import { diversionOutcome, endOf, isPending, takesDiversion } from './diversion';
import type { Refusal } from './refusal';
import type { Closes, Position, Standing, StoredVisit } from './visit';

/** Asked again when events accepted before a deadline are still unprocessed (PROTOCOL rule 5). */
const SETTLING_MS = 1000;

/** What an effect asks for, and everything the judgement rests on, read under the contact's lock. */
export interface Case {
  request: { visit: number; stepId: string; closes: Closes | null; versionId?: string };
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
  if (isElsewhere(it) || isOfOtherVersion(it)) return behind(it);
  if (standing.leaving !== null) return { kind: 'leave' };
  const diverted = divertedBy(it);
  if (diverted) return diverted;
  return request.visit === standing.visit ? judgeStored(it) : judgeNew(it);
}

/** Judgements after which there is nothing to ask a person: the run has to go elsewhere in any case. */
export function goesElsewhere(
  judgement: Judgement,
): judgement is Extract<Refusal, { kind: 'ended' | 'leave' | 'behind' | 'diverted' }> {
  return ['ended', 'leave', 'behind', 'diverted'].includes(judgement.kind);
}

/** A finish because of `leaving` is only ever refused when there is nothing left to finish. */
export function judgeLeaving(it: Case): Judgement {
  if (it.standing.status === 'finished') return { kind: 'ended', outcome: it.standing.outcome ?? '' };
  return it.standing.leaving === null ? behind(it) : { kind: 'open' };
}

/** A move that put it before a step has ended the visit it was at: its outcome is not to be followed any more. */
function isElsewhere({ request, standing: { visit, ahead } }: Case): boolean {
  const first = ahead?.visit === visit + 1 ? ahead.visit : visit;
  return request.visit < first || request.visit > visit + 1;
}

/** It was moved meanwhile: whoever still works by the version before is sent to where it stands now. */
function isOfOtherVersion({ request, standing }: Case): boolean {
  return (
    request.versionId !== undefined && standing.versionId !== undefined && request.versionId !== standing.versionId
  );
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

/** While a diversion is pending, nothing is carried out but the effect that goes on with it. PROTOCOL rule 23. */
function divertedBy({ request, standing: { diverted, visit } }: Case): Refusal | null {
  if (takesDiversion(diverted, request.closes) || !isPending(diverted)) return null;
  return { kind: 'diverted', exit: diverted.exit, visit };
}

/** A diversion supersedes an end that was written before it: who goes on with it is not overtaken by that. */
function overtakenBy(it: Case): Refusal | null {
  const { request, standing } = it;
  if (takesDiversion(standing.diverted, request.closes)) return null;
  const by = endBefore(it, request.visit);
  if (by === null || by.outcome === request.closes?.outcome) return null;
  // Which step an exit goes on at is told by the version it was met in: that may not be the present one.
  return by.visit === 0 ? behind(it) : { kind: 'overtaken', by };
}

/** How the visit before this number ended; one who was sent on before the first visit began with that, at no step. */
function endBefore(
  { visits, standing: { diverted } }: Pick<Case, 'visits' | 'standing'>,
  number: number,
): (Closes & { stepId: string }) | null {
  const visit = number - 1;
  const before = visitOf({ visits }, visit);
  const atTheStart = visit === 0 && diverted?.taken === 0 ? diversionOutcome(diverted) : null;
  const outcome = before ? endOf(before, diverted) : atTheStart;
  return outcome === null ? null : { visit, stepId: before?.stepId ?? '', outcome };
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
  const { versionId } = it.standing;
  return { kind: 'behind', position: positionNow(it), ...(versionId !== undefined && { versionId }) };
}

/** Where it stands: before the step that a move led to, at its last visit, or (visit 0) at the very start. */
export function positionNow(it: Pick<Case, 'standing' | 'visits'>): Position {
  const { visit, ahead, diverted } = it.standing;
  const current = visitOf(it, visit);
  if (!current) return { visit: 0, stepId: '', closes: null };
  if (ahead?.visit !== visit + 1) return positionOf(it, current);
  const end = endOf(current, diverted);
  return { ...ahead, closes: end === null ? null : { visit, outcome: end } };
}

function positionOf(it: Pick<Case, 'standing' | 'visits'>, visit: StoredVisit): Position {
  const before = endBefore(it, visit.visit);
  const closes = before && { visit: before.visit, outcome: before.outcome };
  return { visit: visit.visit, stepId: visit.stepId, closes };
}

function visitOf({ visits }: Pick<Case, 'visits'>, number: number): StoredVisit | undefined {
  return visits.find((visit) => visit.visit === number);
}

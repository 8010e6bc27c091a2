import type { VisitOutcome } from '../../contract/visits';
import { isSending } from '../../domain/sending/channel';
import { diversionOutcome, takesDiversion, type Diversion } from '../../domain/visits/diversion';
import { markAtClose, markOfDiversion } from '../../domain/visits/marks';
import type { Refusal } from '../../domain/visits/refusal';
import { evaluateFor } from './facts';
import { firstLateTurn, visitBefore, type Reading } from './reading';
import { record } from './record';
import type { SendRow, VisitRow } from './world';
import type { GraphStep } from '../../journeys/graph';

/** Closes the visit before the effect's own, unless it is closed. Answers where the next look-back starts. */
export function closeBefore(reading: Reading): bigint {
  const { closes } = reading.asked;
  const { diverted } = reading.enrollment;
  if (diverted && takesDiversion(diverted, closes)) return takeDiversion(reading, diverted);
  const before = closes && visitBefore(reading);
  return before ? closeVisit(reading, { row: before, outcome: closes.outcome }) : reading.enrollment.mark;
}

/** Ends the visit that the diversion came in, wherever that stood: one that was closed keeps its outcome. */
function takeDiversion(reading: Reading, diversion: Diversion): bigint {
  const { world, enrollment, contact, visits } = reading;
  const mark = markOfDiversion(BigInt(diversion.turn), firstLateTurn(world, contact.id, diversion.at));
  enrollment.diverted = { ...diversion, taken: enrollment.visit };
  const row = visits.find(({ visit }) => visit === enrollment.visit);
  if (row) closeVisit(reading, { row, outcome: diversionOutcome(diversion), mark });
  return mark;
}

/** Writes a visit's end and its mark, with everything that ends with it; the first end stays. */
export function closeVisit(
  reading: Reading,
  { row, outcome, mark }: { row: VisitRow; outcome: VisitOutcome; mark?: bigint },
): bigint {
  if (row.outcome !== null) return row.mark;
  const { world, contact, at } = reading;
  const firstLate = row.deadline === null ? null : firstLateTurn(world, contact.id, row.deadline);
  row.mark = mark ?? markAtClose(outcome, row, { last: contact.lastTurn, firstLate });
  row.outcome = outcome;
  row.leftAt = at;
  unsubscribe(reading, row.visit);
  if (isSending(row.kind)) closeSends(reading, outcome, row.visit);
  if (row.kind === 'wait' && outcome === 'timeout') recordTimeout(reading, row);
  return row.mark;
}

function recordTimeout(reading: Reading, { visit, stepId, deadline }: VisitRow): void {
  const until = deadline === null ? 'it was asked' : new Date(deadline).toISOString();
  const reason = `nothing that was waited for came before ${until}`;
  record(reading, { visit, stepId, kind: 'wait', outcome: 'timeout', reason });
}

export function unsubscribe({ world, enrollment }: Reading, visit: number): void {
  world.subscriptions = world.subscriptions.filter((row) => row.enrollmentId !== enrollment.id || row.visit !== visit);
}

/** What had not begun is suppressed, what had begun is unknown. Without `visit`, all of the enrollment's. */
export function closeSends({ world, enrollment }: Reading, because: VisitOutcome, visit?: number): void {
  for (const row of world.sends) {
    if (row.enrollmentId !== enrollment.id || (visit !== undefined && row.visit !== visit) || !isUnsettled(row))
      continue;
    row.state = row.begun > 0 ? 'unknown' : 'suppressed';
    row.reason = because;
    row.settledAt = world.now;
  }
}

function isUnsettled({ state }: SendRow): boolean {
  return state === 'claimed' || state === 'deferred' || state === 'retryable' || state === 'sending';
}

export type NewVisit = Omit<VisitRow, 'enrollmentId' | 'visit' | 'arrivedAt' | 'leftAt' | 'winnerSeq' | 'deadline'> &
  Partial<Pick<VisitRow, 'winnerSeq' | 'deadline' | 'arrivedAt'>>;

/** Writes a visit and makes it the enrollment's; whatever had stopped it is over then. */
export function openVisit(reading: Reading, it: NewVisit): VisitRow {
  const { world, asked, enrollment, at } = reading;
  const row: VisitRow = {
    ...{ deadline: null, winnerSeq: null, arrivedAt: at },
    ...it,
    ...{ enrollmentId: enrollment.id, visit: asked.visit, leftAt: it.outcome === null ? null : at },
  };
  world.visits.push(row);
  enrollment.visit = row.visit;
  enrollment.stepId = row.stepId;
  // A wait that a move took over changes nothing of the status.
  if (it.arrivedAt === undefined) goOn(reading);
  return row;
}

/** An effect that goes on although the status still says held or needs attention clears it and knocks. */
export function goOn(reading: Reading): void {
  const { enrollment } = reading;
  if (enrollment.status === 'finished') return;
  enrollment.status = 'active';
  enrollment.attention = null;
  knockIfResting(reading);
}

/** A run that rests there goes on itself; any other effect is a late copy, and the run has to be told. */
export function knockIfResting({ world, enrollment, restsElsewhere }: Reading): void {
  if (!restsElsewhere) return;
  world.dispatches.push({ enrollmentId: enrollment.id, kind: 'released', visit: null });
}

/** What a refusal writes: `held` the status, everything else nothing. */
export function refuse({ enrollment }: Reading, refusal: Refusal): Refusal {
  if (refusal.kind === 'held') enrollment.status = 'held';
  return refusal;
}

/** A step whose `if` is false is passed: it hands on the mark it was reached with. */
export function passIfFalse(reading: Reading, step: GraphStep, look: bigint): boolean {
  if (!('if' in step) || step.if === undefined) return false;
  const [verdict] = evaluateFor(reading, [step.if]);
  if (!verdict || verdict.holds) return false;
  const { id: stepId, kind } = step;
  openVisit(reading, { stepId, kind, look, mark: look, outcome: 'passed' });
  const reason = verdict.reasons.join('; ');
  record(reading, { visit: reading.asked.visit, stepId, kind: 'if', outcome: 'passed', reason });
  return true;
}

import type { MoveAnswer, MoveOrder, MoveRequest } from '../../contract/effects';
import type { Ahead, Closes, Position } from '../../contract/visits';
import { mayHaveGoneOut } from '../../domain/sending/state';
import { moveReason, moveVerdict, type MoveFrom, type MoveVerdict } from '../../domain/versions/move';
import { isSentOnAtTheStart } from '../../domain/visits/diversion';
import { judge, positionNow, type Judgement } from '../../domain/visits/judge';
import { openWait } from './arrive';
import { caseOf, read, type Reading } from './reading';
import { record } from './record';
import { closeBefore, closeVisit } from './visits';
import { graphOf, type VisitRow, type World } from './world';

/** Puts an enrollment into another version of its journey, as the database's effect does. */
export function move(world: World, request: MoveRequest): MoveAnswer {
  const reading = read(world, request);
  const { enrollment, visits } = reading;
  const { versionId } = request.order;
  const known = caseOf(reading);
  if (enrollment.versionId === versionId && enrollment.status !== 'finished')
    return { kind: 'moved', versionId, position: positionNow(known) };
  const judgement = judge({ ...known, hold: null });
  if (judgement.kind !== 'open' && judgement.kind !== 'stored') return judgement;
  const stored = judgement.kind === 'stored' ? judgement.visit : null;
  if (stored && stored.outcome !== null) return { kind: 'closed', outcome: stored.outcome };
  if (isSentOnAtTheStart(enrollment)) return { kind: 'unmoved', why: 'it is first sent on by its present version' };
  const open = visits.find(({ visit }) => visit === stored?.visit) ?? null;
  const verdict = moveVerdict(standingOf(reading, judgement), request.order.steps, graphOf(world, versionId));
  return apply({ ...reading, request, verdict, open });
}

function standingOf({ world, asked, enrollment, graph }: Reading, judgement: Judgement): MoveFrom {
  if (enrollment.visit === 0) return { at: 'start' };
  const step = graph.steps[asked.stepId];
  if (!step) throw new Error(`${graph.journey} has no step ${asked.stepId}`);
  if (judgement.kind !== 'stored') return { at: 'before', step };
  const wentOut = world.sends.some(
    (row) =>
      row.enrollmentId === enrollment.id &&
      row.visit === asked.visit &&
      (mayHaveGoneOut.includes(row.state) || row.begun > 0),
  );
  return { at: 'open', step, wentOut };
}

interface Applying extends Reading {
  request: MoveRequest;
  verdict: MoveVerdict;
  open: VisitRow | null;
}

function apply(it: Applying): MoveAnswer {
  const { enrollment, request, verdict } = it;
  const { order, visit, stepId } = request;
  recordMove(it);
  switch (verdict.kind) {
    case 'gone':
      return { kind: 'unmoved', why: moveReason(verdict, stepId) };
    case 'end':
      enrollment.leaving = 'ended-by-plan';
      enrollment.leavingCause = {
        ...{ kind: 'plan', detail: `ended by the plan of version ${order.number}`, jobId: order.jobId },
      };
      return { kind: 'leave' };
    case 'begin':
      return enter(it, { position: { visit: 0, stepId: '', closes: null } });
    case 'stay':
      return enter(it, { position: { visit, stepId, closes: request.closes } });
    case 'wait':
    case 'ahead': {
      const closes = closeOld(it);
      const position = { visit: closes === null ? visit : closes.visit + 1, stepId: verdict.stepId, closes };
      if (verdict.kind === 'wait' && it.open) waitOn(it, { position, row: it.open, order });
      return enter(it, { position, ...(verdict.kind === 'ahead' && { ahead: position }) });
    }
  }
}

function closeOld(it: Applying): Closes | null {
  const { open, request } = it;
  if (!open) {
    closeBefore(it);
    return request.closes;
  }
  closeVisit(it, { row: open, outcome: 'moved' });
  return { visit: open.visit, outcome: 'moved' };
}

/** As if they had waited there since they came to the wait of the version before. */
function waitOn(it: Applying, { position, row, order }: { position: Position; row: VisitRow; order: MoveOrder }): void {
  const { visit, stepId } = position;
  const graph = graphOf(it.world, order.versionId);
  const { arrivedAt, look } = row;
  openWait({ ...it, graph, asked: { ...it.asked, visit, stepId } }, look, { arrivedAt });
}

function enter(it: Applying, { position, ahead }: { position: Position; ahead?: Ahead }): MoveAnswer {
  const { enrollment, request } = it;
  const { versionId } = request.order;
  enrollment.versionId = versionId;
  enrollment.ahead = ahead ? { visit: ahead.visit, stepId: ahead.stepId } : null;
  if (ahead) enrollment.stepId = ahead.stepId;
  return { kind: 'moved', versionId, position };
}

function recordMove(it: Applying): void {
  const { enrollment, request, verdict } = it;
  const { number } = request.order;
  const outcome = verdict.kind === 'gone' ? 'unmoved' : verdict.kind === 'end' ? 'ended-by-plan' : `version ${number}`;
  const reason = moveReason(verdict, request.stepId);
  record(it, { visit: enrollment.visit, stepId: request.stepId, kind: 'move', outcome, reason });
}

import type { MoveAnswer, MoveOrder, MoveRequest } from '../../../workflows/contract/effects';
import { mayHaveGoneOut } from '../../../workflows/domain/sending/state';
import { moveReason, moveVerdict, type MoveFrom, type MoveVerdict } from '../../../workflows/domain/versions/move';
import { isSentOnAtTheStart } from '../../../workflows/domain/visits/diversion';
import { judge, positionNow, type Judgement } from '../../../workflows/domain/visits/judge';
import type { Ahead, Closes, Position } from '../../../workflows/domain/visits/visit';
import type { Graph } from '../../../workflows/journeys/graph';
import type { Tx } from '../../client';
import { openWait } from './arrive';
import type { EffectContext } from './context';
import { graphOf, stepOfKind } from './graphs';
import { caseOf, type Reading, type VisitRow } from './reading';
import { recordDecision } from './record';
import { closeBefore, closeVisit } from './visits';

/**
 * Puts an enrollment into another version of its journey. An end that is decided already is told instead, to be followed
 * first; so are a leave and a diversion. Who is in that version already is told where they stand. PROTOCOL rule 14.
 */
export async function move(tx: Tx, context: EffectContext, request: MoveRequest): Promise<MoveAnswer> {
  const { reading } = context;
  const { order } = request;
  const known = caseOf(reading, request);
  if (reading.versionId === order.versionId && reading.status !== 'finished') {
    return { kind: 'moved', versionId: order.versionId, position: positionNow(known) };
  }
  // Who is held may be moved: nothing of a step is carried out.
  const judgement = judge({ ...known, hold: null });
  if (judgement.kind !== 'open' && judgement.kind !== 'stored') return judgement;
  if (judgement.kind === 'stored' && judgement.visit.outcome !== null) {
    return { kind: 'closed', outcome: judgement.visit.outcome };
  }
  if (isSentOnAtTheStart(reading)) return { kind: 'unmoved', why: 'it is first sent on by its present version' };
  const to = await graphOf(tx, order.versionId);
  const verdict = moveVerdict(await standingOf(tx, context, { request, judgement }), order.steps, to);
  return apply(tx, context, { request, verdict, to, open: openRow(reading, judgement) });
}

function openRow({ visits }: Reading, judgement: Judgement): VisitRow | null {
  if (judgement.kind !== 'stored') return null;
  return visits.find(({ visit }) => visit === judgement.visit.visit) ?? null;
}

async function standingOf(
  tx: Tx,
  { reading, graph }: EffectContext,
  { request, judgement }: { request: MoveRequest; judgement: Judgement },
): Promise<MoveFrom> {
  const { visit, stepId, enrollmentId } = request;
  if (reading.visit === 0) return { at: 'start' };
  const step = graph.steps[stepId];
  if (!step) throw new Error(`${graph.journey} has no step ${stepId}`);
  if (judgement.kind !== 'stored') return { at: 'before', step };
  const sent = await tx.send.count({
    where: { enrollmentId, visit, OR: [{ state: { in: [...mayHaveGoneOut] } }, { begun: { gt: 0 } }] },
  });
  return { at: 'open', step, wentOut: sent > 0 };
}

interface Applying {
  request: MoveRequest;
  verdict: MoveVerdict;
  to: Graph;
  /** The visit that is open; null between two visits. */
  open: VisitRow | null;
}

async function apply(tx: Tx, context: EffectContext, it: Applying): Promise<MoveAnswer> {
  const { reading } = context;
  const { request, verdict } = it;
  const { order, visit, stepId } = request;
  await recordMove(tx, reading, it);
  switch (verdict.kind) {
    case 'gone':
      return { kind: 'unmoved', why: moveReason(verdict, stepId) };
    case 'end':
      await endByPlan(tx, reading, order);
      return { kind: 'leave' };
    case 'begin':
      return enter(tx, reading, { order, position: { visit: 0, stepId: '', closes: null } });
    case 'stay':
      return enter(tx, reading, { order, position: { visit, stepId, closes: request.closes } });
    case 'wait':
    case 'ahead': {
      const closes = await closeOld(tx, reading, it);
      const position = { visit: closes === null ? visit : closes.visit + 1, stepId: verdict.stepId, closes };
      if (verdict.kind === 'ahead' || !it.open) return enter(tx, reading, { order, position, ahead: position });
      const { look, arrivedAt } = it.open;
      const step = stepOfKind(it.to, verdict.stepId, 'wait');
      await openWait(tx, context, { step, visit: position.visit, look, arrivedAt });
      return enter(tx, reading, { order, position });
    }
  }
}

/** No visit of a wait stays open over a move: its outcomes would be read by the other version's paths. */
async function closeOld(tx: Tx, reading: Reading, { open, request }: Applying): Promise<Closes | null> {
  if (!open) {
    await closeBefore(tx, reading, request.closes);
    return request.closes;
  }
  await closeVisit(tx, reading, { row: open, outcome: 'moved' });
  return { visit: open.visit, outcome: 'moved' };
}

async function enter(
  tx: Tx,
  { enrollmentId }: Reading,
  { order: { versionId }, position, ahead }: { order: MoveOrder; position: Position; ahead?: Ahead },
): Promise<MoveAnswer> {
  const before = ahead ? JSON.stringify({ visit: ahead.visit, stepId: ahead.stepId }) : null;
  await tx.$executeRaw`
    update enrollment set version_id = ${versionId}::uuid, ahead = ${before}::jsonb,
      step_id = coalesce(${ahead?.stepId ?? null}, step_id)
    where id = ${enrollmentId}::uuid`;
  return { kind: 'moved', versionId, position };
}

/** The first reason to leave stays. */
async function endByPlan(tx: Tx, { enrollmentId }: Reading, { number, jobId }: MoveOrder): Promise<void> {
  const cause = { kind: 'plan', detail: `ended by the plan of version ${number}`, jobId };
  await tx.$executeRaw`
    update enrollment set leaving = 'ended-by-plan', leaving_cause = ${JSON.stringify(cause)}::jsonb
    where id = ${enrollmentId}::uuid and leaving is null`;
}

async function recordMove(tx: Tx, reading: Reading, { request, verdict }: Applying): Promise<void> {
  const { order, stepId } = request;
  const { visit, versionId: from, at } = reading;
  const outcome =
    verdict.kind === 'gone' ? 'unmoved' : verdict.kind === 'end' ? 'ended-by-plan' : `version ${order.number}`;
  const inputs = { from, to: order.versionId, jobId: order.jobId };
  await recordDecision(tx, reading, {
    visit,
    stepId,
    kind: 'move',
    outcome,
    reason: moveReason(verdict, stepId),
    inputs,
    at,
  });
}

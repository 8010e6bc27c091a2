import type { FinishAnswer, FinishRequest } from '../../../workflows/contract/effects';
import type { Json } from '../../../workflows/domain/json';
import { judge, judgeLeaving } from '../../../workflows/domain/visits/judge';
import type { Tx } from '../../client';
import { closeSends } from './close-sends';
import type { EffectContext } from './context';
import { stepOfKind } from './graphs';
import { insideEvent } from './inside-events';
import { caseOf, type Asked, type Reading, type VisitRow } from './reading';
import { recordDecision } from './record';
import { requestEntry } from './request-entry';
import { closeBefore, closeVisit, knockIfResting, openVisit, refuse } from './visits';

/** What the judge needs of a finish that is not at a step: it asks for no visit of its own. */
export function askedBy(request: FinishRequest): Asked {
  const { enrollmentId, now, at, resumes } = request;
  const own = at ?? { visit: 0, stepId: '', closes: null };
  return { enrollmentId, now, ...own, ...(resumes !== undefined && { resumes }) };
}

/** Ends an enrollment: at its exit step, or because something made it leave. A finish because of `leaving` is never held. */
export async function finish(tx: Tx, context: EffectContext, request: FinishRequest): Promise<FinishAnswer> {
  const reading = await withLeaving(tx, context.reading, request);
  return request.at ? finishAtExit(tx, { ...context, reading }, askedBy(request)) : finishLeaving(tx, reading, request);
}

/** The first reason to leave stays. */
async function withLeaving(tx: Tx, reading: Reading, { leaving }: FinishRequest): Promise<Reading> {
  if (!leaving || reading.leaving !== null || reading.status === 'finished') return reading;
  const cause = { kind: 'workflow', detail: leaving.cause };
  await tx.$executeRaw`
    update enrollment set leaving = ${leaving.outcome}, leaving_cause = ${JSON.stringify(cause)}::jsonb
    where id = ${reading.enrollmentId}::uuid`;
  return { ...reading, leaving: leaving.outcome, leavingCause: cause };
}

async function finishAtExit(tx: Tx, context: EffectContext, asked: Asked): Promise<FinishAnswer> {
  const { reading, graph } = context;
  const judgement = judge(caseOf(reading, asked));
  if (judgement.kind === 'stored') return { kind: 'finished', outcome: reading.outcome ?? '' };
  if (judgement.kind !== 'open') return refuse(tx, reading, judgement);
  const step = stepOfKind(graph, asked.stepId, 'exit');
  const look = await closeBefore(tx, reading, asked.closes);
  const { visit, stepId } = asked;
  const opened = { visit, stepId, kind: step.kind, deadline: null, look, mark: look, winnerSeq: null };
  await openVisit(tx, reading, { ...opened, outcome: 'done' });
  const answer = await end(tx, reading, { outcome: step.outcome, cause: { kind: 'step', stepId }, visit, stepId });
  // After the end is told: what follows from it cannot concern the other journey.
  if (step.into !== undefined) {
    await requestEntry(tx, reading, { journey: step.into, by: 'exit', with: step.with ?? {}, visit });
  }
  return answer;
}

async function finishLeaving(tx: Tx, reading: Reading, request: FinishRequest): Promise<FinishAnswer> {
  const judgement = judgeLeaving(caseOf(reading, askedBy(request)));
  if (judgement.kind === 'stored') return { kind: 'ended', outcome: reading.outcome ?? '' };
  if (judgement.kind !== 'open') return judgement;
  const open = reading.visits.find((row) => row.visit === reading.visit);
  if (open) await closeVisit(tx, reading, { row: open, outcome: 'left' });
  await knockIfResting(tx, reading);
  const outcome = reading.leaving ?? 'left';
  return end(tx, reading, { outcome, cause: reading.leavingCause, ...whereabouts(open) });
}

function whereabouts(row: VisitRow | undefined): { visit: number; stepId: string | null } {
  return { visit: row?.visit ?? 0, stepId: row?.stepId ?? null };
}

interface Ending {
  outcome: string;
  cause: Json;
  visit: number;
  stepId: string | null;
}

async function end(tx: Tx, reading: Reading, { outcome, cause, visit, stepId }: Ending): Promise<FinishAnswer> {
  const { enrollmentId, at, contactId, journeyKey } = reading;
  const hops = reading.hops + 1;
  await closeSends(tx, enrollmentId, { because: 'left' });
  await tx.$executeRaw`delete from wait_subscription where enrollment_id = ${enrollmentId}::uuid`;
  await tx.$executeRaw`
    update enrollment set status = 'finished', attention = null, outcome = ${outcome}, cause = ${JSON.stringify(cause)}::jsonb,
      ended_at = ${new Date(at)}
    where id = ${enrollmentId}::uuid`;
  const inputs = { cause };
  await recordDecision(tx, reading, { visit, stepId, kind: 'exit', outcome, reason: reasonOf(cause), inputs, at });
  const properties = { journey: journeyKey, enrollmentId, outcome };
  const messageId = `journey.finished:${enrollmentId}`;
  await insideEvent(tx, { type: 'journey.finished', messageId, contactId, properties, hops, at });
  return { kind: 'finished', outcome };
}

function reasonOf(cause: Json): string {
  if (cause === null || typeof cause !== 'object' || Array.isArray(cause)) return 'it was told to leave';
  const { kind, stepId, detail } = cause;
  if (kind === 'step' && typeof stepId === 'string') return `reached ${stepId}`;
  if (typeof detail === 'string') return detail;
  return typeof kind === 'string' ? `left because of ${kind}` : 'it was told to leave';
}

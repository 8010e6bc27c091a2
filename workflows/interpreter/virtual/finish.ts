import type { FinishAnswer, FinishRequest } from '../../contract/effects';
import type { Json } from '../../domain/json';
import { judge, judgeLeaving } from '../../domain/visits/judge';
import { caseOf, read, stepOfKind, type Reading } from './reading';
import { insideEvent, record } from './record';
import { requestEntry } from './request-entry';
import { closeBefore, closeSends, closeVisit, knockIfResting, openVisit, refuse } from './visits';
import type { World } from './world';

/** Ends an enrollment: at its exit step, or because something made it leave. */
export function finish(world: World, request: FinishRequest): FinishAnswer {
  const { enrollmentId, now, at, leaving, resumes } = request;
  const own = at ?? { visit: 0, stepId: '', closes: null };
  const reading = read(world, { enrollmentId, now, ...own, ...(resumes !== undefined && { resumes }) });
  const { enrollment } = reading;
  if (leaving && enrollment.leaving === null && enrollment.status !== 'finished') {
    enrollment.leaving = leaving.outcome;
    enrollment.leavingCause = { kind: 'workflow', detail: leaving.cause };
  }
  return at ? finishAtExit(reading) : finishLeaving(reading);
}

function finishAtExit(reading: Reading): FinishAnswer {
  const { enrollment } = reading;
  const judgement = judge(caseOf(reading));
  if (judgement.kind === 'stored') return { kind: 'finished', outcome: enrollment.outcome ?? '' };
  if (judgement.kind !== 'open') return refuse(reading, judgement);
  const { id: stepId, kind, outcome, into, with: values = {} } = stepOfKind(reading, 'exit');
  const look = closeBefore(reading);
  openVisit(reading, { stepId, kind, look, mark: look, outcome: 'done' });
  const answer = end(reading, { outcome, cause: { kind: 'step', stepId }, reason: `reached ${stepId}` });
  if (into !== undefined)
    requestEntry(reading, { journey: into, by: 'exit', with: values, visit: reading.asked.visit });
  return answer;
}

function finishLeaving(reading: Reading): FinishAnswer {
  const { enrollment, visits } = reading;
  const judgement = judgeLeaving(caseOf(reading));
  if (judgement.kind === 'stored') return { kind: 'ended', outcome: enrollment.outcome ?? '' };
  if (judgement.kind !== 'open') return judgement;
  const open = visits.find(({ visit }) => visit === enrollment.visit);
  if (open) closeVisit(reading, { row: open, outcome: 'left' });
  knockIfResting(reading);
  const cause = enrollment.leavingCause;
  return end(reading, { outcome: enrollment.leaving ?? 'left', cause, reason: reasonOf(cause) });
}

function reasonOf(cause: Json): string {
  if (cause === null || typeof cause !== 'object' || Array.isArray(cause)) return 'it was told to leave';
  const { kind, detail } = cause;
  return typeof detail === 'string' ? detail : `left because of ${JSON.stringify(kind)}`;
}

function end(reading: Reading, it: { outcome: string; cause: Json; reason: string }): FinishAnswer {
  const { world, enrollment, contact, at } = reading;
  const { outcome, cause, reason } = it;
  closeSends(reading, 'left');
  world.subscriptions = world.subscriptions.filter(({ enrollmentId }) => enrollmentId !== enrollment.id);
  Object.assign(enrollment, { status: 'finished', attention: null, outcome, cause, endedAt: at });
  const { visit, stepId } = enrollment;
  record(reading, { visit, stepId, kind: 'exit', outcome, reason });
  const properties = { journey: enrollment.journeyKey, enrollmentId: enrollment.id, outcome };
  const messageId = `journey.finished:${enrollment.id}`;
  insideEvent(world, { type: 'journey.finished', messageId, contactId: contact.id, properties });
  return { kind: 'finished', outcome };
}

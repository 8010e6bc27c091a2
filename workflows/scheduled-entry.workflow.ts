import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, proxyActivities, startChild, workflowInfo } from '@temporalio/workflow';
import { jobWorkflowId } from './contract/jobs';
import type { ScheduledEntry, ScheduledEntryActivities } from './contract/scheduled-entry';
import { enrollMany } from './enroll-many.workflow';

const { openScheduledEntry } = proxyActivities<ScheduledEntryActivities>({
  startToCloseTimeout: '30 s',
  retry: { initialInterval: '500 ms', backoffCoefficient: 2, maximumInterval: '30 s' },
});

/** One firing of a scheduled entry: the people whom its condition holds for are asked by a job of their own. */
export async function scheduledEntry(entry: ScheduledEntry): Promise<void> {
  const jobId = await openScheduledEntry({ ...entry, due: dueOf().toISOString() });
  if (jobId === null) return;
  await startChild(enrollMany, {
    workflowId: jobWorkflowId('enroll-many', jobId),
    args: [{ jobId }],
    parentClosePolicy: ParentClosePolicy.ABANDON,
  }).catch(unlessStarted);
}

/** A sweep was quicker: it starts every job that nobody has started. */
function unlessStarted(error: unknown): void {
  if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
}

/** The instant that was scheduled: a late or repeated start has it too. */
function dueOf(): Date {
  const { searchAttributes, startTime } = workflowInfo();
  const due = searchAttributes['TemporalScheduledStartTime']?.[0];
  return due instanceof Date ? due : startTime;
}

import { ActivityFailure, ApplicationFailure, continueAsNew, proxyActivities, sleep } from '@temporalio/workflow';
import type { JobActivities, JobInput } from './contract/jobs';
import { DELIVERY } from './contract/task-queues';

const options = {
  startToCloseTimeout: '2 minutes',
  // A page beats; ending a job takes less.
  heartbeatTimeout: '15 s',
  retry: { initialInterval: '500 ms', backoffCoefficient: 2, maximumInterval: '30 s' },
} as const;
const { jobPage, failJob } = proxyActivities<JobActivities>(options);
const atProvider = proxyActivities<JobActivities>({ ...options, taskQueue: DELIVERY });

/** Pages of one run: a few events of history each. */
const PAGES = 500;

/**
 * Goes through a job page by page until it is over. Where it stands is in the job's row alone, so a run that was ended
 * is simply begun again. An outage is waited out; what fails for good ends the job.
 */
export async function goThroughPages(input: JobInput, reaches: 'database' | 'provider' = 'database'): Promise<void> {
  const doPage = reaches === 'provider' ? atProvider.jobPage : jobPage;
  for (let page = 0; page < PAGES; page += 1) {
    const answer = await doPage(input).catch((failure: unknown) => giveUp(input, failure));
    if (answer.kind === 'over') return;
    if (answer.afterMs > 0) await sleep(answer.afterMs);
  }
  await continueAsNew<typeof goThroughPages>(input);
}

async function giveUp(input: JobInput, failure: unknown): Promise<{ kind: 'over' }> {
  const cause = failure instanceof ActivityFailure ? failure.cause : undefined;
  if (!(cause instanceof ApplicationFailure)) throw failure;
  await failJob({ ...input, error: cause.message });
  return { kind: 'over' };
}

import { ActivityFailure, ApplicationFailure, continueAsNew, proxyActivities, sleep } from '@temporalio/workflow';
import type { JobActivities, JobInput } from './contract/jobs';

const { jobPage, failJob } = proxyActivities<JobActivities>({
  startToCloseTimeout: '2 minutes',
  // A page beats; ending a job takes less.
  heartbeatTimeout: '15 s',
  retry: { initialInterval: '500 ms', backoffCoefficient: 2, maximumInterval: '30 s' },
});

/** Pages of one run: a few events of history each. */
const PAGES = 500;

/**
 * Goes through a job page by page until it is over. Where it stands is in the job's row alone, so a run that was ended
 * is simply begun again. An outage is waited out; what fails for good ends the job.
 */
export async function goThroughPages(input: JobInput): Promise<void> {
  for (let page = 0; page < PAGES; page += 1) {
    const answer = await jobPage(input).catch((failure: unknown) => giveUp(input, failure));
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

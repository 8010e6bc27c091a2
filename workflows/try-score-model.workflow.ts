import type { JobInput } from './contract/jobs';
import { goThroughPages } from './job-pages';

/** Counts past events by a draft of the model, beside the one that holds. */
export async function tryScoreModel(input: JobInput): Promise<void> {
  await goThroughPages(input);
}

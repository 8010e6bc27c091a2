import type { JobInput } from './contract/jobs';
import { goThroughPages } from './job-pages';

/** Counts everybody anew by the model that was published. */
export async function rescore(input: JobInput): Promise<void> {
  await goThroughPages(input);
}

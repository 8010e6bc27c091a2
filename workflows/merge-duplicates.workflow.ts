import type { JobInput } from './contract/jobs';
import { goThroughPages } from './job-pages';

/** Makes one of records that are the same person by a rule. */
export async function mergeDuplicates(input: JobInput): Promise<void> {
  await goThroughPages(input);
}

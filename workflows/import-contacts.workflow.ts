import type { JobInput } from './contract/jobs';
import { goThroughPages } from './job-pages';

/** Takes in the rows of a file. */
export async function importContacts(input: JobInput): Promise<void> {
  await goThroughPages(input);
}

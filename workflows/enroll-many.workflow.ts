import type { JobInput } from './contract/jobs';
import { goThroughPages } from './job-pages';

/** Asks a journey to take many people. */
export async function enrollMany(input: JobInput): Promise<void> {
  await goThroughPages(input);
}

import type { JobInput } from './contract/jobs';
import { goThroughPages } from './job-pages';

/** Asks a provider about companies of which something is missing. */
export async function enrichCompanies(input: JobInput): Promise<void> {
  await goThroughPages(input, 'provider');
}

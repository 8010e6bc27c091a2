import type { JobInput } from './contract/jobs';
import { goThroughPages } from './job-pages';

/** Does one thing to many enrollments. */
export async function bulkAction(input: JobInput): Promise<void> {
  await goThroughPages(input);
}

import type { JobInput } from './contract/jobs';
import { goThroughPages } from './job-pages';

/** Takes the people of a journey's other versions to the published one, or has them leave, as a plan has shown. */
export async function movePeople(input: JobInput): Promise<void> {
  await goThroughPages(input);
}

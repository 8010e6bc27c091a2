import type { Db } from '../../prisma/client';
import { findJob, isOver, recordPage, type Job } from '../../prisma/stores/jobs';
import type { JobDeps, PageOf } from '../../activities/jobs/page';
import { silent } from './pump';

/** Does a job's pages in this process, all of them or the first few, as its workflow would. */
export async function runPages(
  db: Db,
  page: PageOf,
  { job: jobId, most = Infinity }: { job: string; most?: number },
): Promise<Job> {
  const deps = { db, log: silent } as JobDeps; // pages that need no Temporal
  for (let done = 0; ; done += 1) {
    const job = await findJob(db, jobId);
    if (!job) throw new Error(`job ${jobId} is not there`);
    if (isOver(job.state) || done >= most) return job;
    const result = await page(deps, job);
    if (result) await recordPage(db, jobId, { ...result, from: job.cursor });
  }
}

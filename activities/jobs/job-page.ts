import { endJob, findJob, isOver, recordPage } from '../../prisma/stores/jobs';
import type { JobActivities, JobKind } from '../../workflows/contract/jobs';
import { guarded } from '../guard';
import { bulkActionPage } from './bulk-action';
import { enrollManyPage } from './enroll-many';
import { movePage } from './move-page';
import type { JobDeps, PageOf } from './page';

const pages: Partial<Record<JobKind, PageOf>> = {
  'bulk-action': bulkActionPage,
  'enroll-many': enrollManyPage,
  move: movePage,
};

/** The activities that all jobs share. */
export function createJobActivities(deps: JobDeps): JobActivities {
  return {
    jobPage: guarded(deps.log, async ({ jobId }) => {
      const job = await findJob(deps.db, jobId);
      if (!job || isOver(job.state)) return { kind: 'over' };
      const page = pages[job.kind];
      if (!page) throw new Error(`nobody does jobs of kind ${job.kind}`);
      const done = await page(deps, job);
      deps.announceDispatch();
      if (done) await recordPage(deps.db, jobId, { ...done, from: job.cursor });
      return { kind: 'more', afterMs: done?.afterMs ?? 0 };
    }),
    failJob: guarded(deps.log, async ({ jobId, error }) => {
      await endJob(deps.db, jobId, { state: 'failed', error });
    }),
  };
}

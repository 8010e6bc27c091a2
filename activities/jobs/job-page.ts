import { heartbeat } from '@temporalio/activity';
import { endJob, findJob, isOver, recordPage } from '../../prisma/stores/jobs';
import type { JobActivities, JobKind } from '../../workflows/contract/jobs';
import { guarded } from '../guard';
import { bulkActionPage } from './bulk-action';
import { enrichPage } from './enrich';
import { enrollManyPage } from './enroll-many';
import { importPage } from './import';
import { mergeDuplicatesPage } from './merge-duplicates';
import { movePage } from './move-page';
import type { JobDeps, PageOf } from './page';
import { rescorePage } from './rescore';
import { scoreTrialPage } from './score-trial';

const pages: Record<JobKind, PageOf> = {
  'bulk-action': bulkActionPage,
  'enroll-many': enrollManyPage,
  move: movePage,
  import: importPage,
  enrich: enrichPage,
  rescore: rescorePage,
  'score-trial': scoreTrialPage,
  'merge-duplicates': mergeDuplicatesPage,
};

/** Well below the time-out of the workflow. */
const BEAT_MS = 3_000;

/** A worker that is killed within a page is noticed in seconds: another one goes on. */
async function beating<T>(work: () => Promise<T>): Promise<T> {
  const beat = setInterval(() => heartbeat(), BEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(beat);
  }
}

/** The activities that all jobs share. */
export function createJobActivities(deps: JobDeps): JobActivities {
  return {
    jobPage: guarded(deps.log, async ({ jobId }) => {
      const job = await findJob(deps.db, jobId);
      if (!job || isOver(job.state)) return { kind: 'over' };
      const page = pages[job.kind];
      const done = await beating(() => page(deps, job));
      deps.announceDispatch();
      if (done) await recordPage(deps.db, jobId, { ...done, from: job.cursor });
      return { kind: 'more', afterMs: done?.afterMs ?? 0 };
    }),
    failJob: guarded(deps.log, async ({ jobId, error }) => {
      await endJob(deps.db, jobId, { state: 'failed', error });
    }),
  };
}

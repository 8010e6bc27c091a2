import { activityInfo } from '@temporalio/activity';
import { z } from 'zod';
import { exitEnrollment, reviveEnrollment } from '../../prisma/stores/enrollment-actions';
import { matchOpen, type Matched } from '../../prisma/stores/enrollment-bulk';
import { pause, resume } from '../../prisma/stores/holds';
import type { Job, JobRefused } from '../../prisma/stores/jobs';
import { bulkActions, type BulkActionInput } from '../../workflows/contract/bulk-action';
import { journeyWorkflowId } from '../../workflows/contract/journey';
import { retry, skip } from '../../workflows/contract/messages';
import { askRun, NO_ANSWER, temporalAway } from './ask-run';
import type { JobDeps, PageDone } from './page';

const input: z.ZodType<BulkActionInput> = z.strictObject({
  action: z.enum(bulkActions),
  filter: z.strictObject({
    journey: z.string().optional(),
    status: z.enum(['active', 'held', 'needs_attention']).optional(),
    stepId: z.string().optional(),
    version: z.int().optional(),
    code: z.string().optional(),
    before: z.string(),
  }),
  reason: z.string(),
  spreadSeconds: z.int(),
});

/** Enrollments of one page, and how many of them are worked on at a time. */
const PAGE = 50;
const AT_ONCE = 10;
/** A page is tried so often before a run that does not answer is left out. */
const PATIENCE = 5;

/** Does the next enrollments that fit the filter, by id: whoever was done is behind the cursor. */
export async function bulkActionPage(deps: JobDeps, job: Job): Promise<PageDone> {
  const asked = input.parse(job.input);
  const filter = { ...asked.filter, before: new Date(asked.filter.before) };
  const rows = await matchOpen(deps.db, filter, { after: job.cursor, limit: PAGE });
  const refused: JobRefused[] = [];
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    const batch = rows.slice(from, from + AT_ONCE);
    const answers = await Promise.all(batch.map((row) => act(deps, job, { row, asked })));
    if (answers.includes(NO_ANSWER) && activityInfo().attempt < PATIENCE)
      throw temporalAway('no worker answered in time');
    refused.push(...answers.flatMap((reason, i) => refusalOf(batch[i], reason)));
  }
  const to = rows.length < PAGE ? null : (rows.at(-1)?.id ?? null);
  return { to, counts: { done: rows.length - refused.length }, refused };
}

function refusalOf(row: Matched | undefined, reason: string | null): JobRefused[] {
  return row && reason !== null ? [{ subject: row.id, reason }] : [];
}

/** Null when it was done; each of them may be asked for twice. */
async function act(
  deps: JobDeps,
  job: Job,
  { row, asked }: { row: Matched; asked: BulkActionInput },
): Promise<string | null> {
  const { db, client } = deps;
  const { id: enrollmentId, journeyKey } = row;
  const target = { scope: 'enrollment', enrollmentId } as const;
  const by = job.requestedBy;
  const workflowId = journeyWorkflowId(journeyKey, enrollmentId);
  switch (asked.action) {
    case 'skip':
      return askRun(client, { workflowId, update: skip, updateId: job.id });
    case 'retry':
      if (await reviveEnrollment(db, enrollmentId)) return null;
      return askRun(client, { workflowId, update: retry, updateId: job.id });
    case 'exit': {
      const exited = await exitEnrollment(db, enrollmentId, { reason: asked.reason, at: new Date() });
      return exited === 'leaving' ? null : 'This enrollment is finished.';
    }
    case 'pause':
      await pause(db, target, { reason: asked.reason, by });
      return null;
    case 'resume':
      await resume(db, target, { spreadSeconds: asked.spreadSeconds, by });
      return null;
  }
}

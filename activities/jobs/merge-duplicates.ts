import { z } from 'zod';
import type { Db } from '../../prisma/client';
import { isTimeUp } from '../../prisma/database-away';
import { findDuplicates, refusalNow } from '../../prisma/stores/duplicates';
import type { Job, JobRefused } from '../../prisma/stores/jobs';
import { mergeContacts, type Merged, type MergeRequest } from '../../prisma/stores/merging/merge';
import { mergeRules, type MergeDuplicatesInput } from '../../workflows/contract/merge-duplicates';
import type { JobDeps, PageDone } from './page';

const input: z.ZodType<MergeDuplicatesInput> = z.strictObject({ rule: z.enum(mergeRules) });

/** Groups of one page. Whoever looks for a page reads a whole index, so not too few. */
const PAGE = 200;

/** Above every id: where the newest group is. */
const START = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * Makes one of each group that a rule finds, newest first. A merge that is asked for again changes nothing, and who was
 * refused is behind the cursor: a page may be repeated. It is, as long as that brings more of a very large group to light.
 */
export async function mergeDuplicatesPage({ db }: Pick<JobDeps, 'db'>, job: Job): Promise<PageDone> {
  const { rule } = input.parse(job.input);
  const { groups, leftOut, next } = await findDuplicates(db, rule, { after: job.cursor, limit: PAGE });
  const pairs = groups.flatMap(({ stays, others }) =>
    others.map(({ record }) => ({ stays: stays.id, goes: record.id })),
  );
  const refused: JobRefused[] = [];
  let done = 0;
  for (const pair of pairs) {
    const merged = await mergeByRule(db, { ...pair, rule, requestedBy: job.requestedBy });
    if (merged.kind === 'merged') done += 1;
    else if (merged.kind === 'refused') refused.push({ subject: pair.goes, reason: merged.reason });
  }
  const counts = { done, groups: groups.length };
  if (leftOut > 0 && done > 0) return { to: job.cursor ?? START, counts };
  return { to: next, counts: { ...counts, leftOut }, refused };
}

interface ByRule extends Pick<MergeRequest, 'stays' | 'goes' | 'requestedBy'> {
  rule: MergeDuplicatesInput['rule'];
}

/** One pair that takes too long must not keep all others waiting. */
async function mergeByRule(db: Db, { rule, ...pair }: ByRule): Promise<Merged> {
  const of = { by: 'rule' as const, reason: rule, at: new Date() };
  try {
    return await mergeContacts(db, { ...pair, ...of, unless: (tx, now) => refusalNow(tx, rule, now) });
  } catch (error) {
    if (!isTimeUp(error)) throw error;
    return { kind: 'refused', reason: 'So much happened to them that it took too long.' };
  }
}

import { z } from 'zod';
import { findDuplicates, refusalNow } from '../../prisma/stores/duplicates';
import type { Job, JobRefused } from '../../prisma/stores/jobs';
import { mergeContacts } from '../../prisma/stores/merging/merge';
import { mergeRules, type MergeDuplicatesInput } from '../../workflows/contract/merge-duplicates';
import type { JobDeps, PageDone } from './page';

const input: z.ZodType<MergeDuplicatesInput> = z.strictObject({ rule: z.enum(mergeRules) });

/** Groups of one page. Whoever looks for a page reads a whole index, so not too few. */
const PAGE = 200;

/**
 * Makes one of each group that a rule finds, newest first. A merge that is asked for again changes nothing, and who was
 * refused is behind the cursor: a page may be repeated.
 */
export async function mergeDuplicatesPage({ db }: JobDeps, job: Job): Promise<PageDone> {
  const { rule } = input.parse(job.input);
  const { groups, next } = await findDuplicates(db, rule, { after: job.cursor, limit: PAGE });
  const pairs = groups.flatMap(({ stays, others }) =>
    others.map(({ record }) => ({ stays: stays.id, goes: record.id })),
  );
  const refused: JobRefused[] = [];
  let done = 0;
  for (const pair of pairs) {
    const of = { by: 'rule' as const, reason: rule, requestedBy: job.requestedBy, at: new Date() };
    const merged = await mergeContacts(db, { ...pair, ...of, unless: (tx, now) => refusalNow(tx, rule, now) });
    if (merged.kind === 'merged') done += 1;
    else if (merged.kind === 'refused') refused.push({ subject: pair.goes, reason: merged.reason });
  }
  return { to: next, counts: { done, groups: groups.length }, refused };
}

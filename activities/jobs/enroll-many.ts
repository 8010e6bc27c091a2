import { inTransaction } from '../../prisma/client';
import {
  backlogOf,
  lastSeq,
  listedContacts,
  requestEntries,
  rulingsOf,
  type EnrolledOf,
} from '../../prisma/stores/enroll-many';
import { advanceJob, type Job } from '../../prisma/stores/jobs';
import { findingOf, findPage } from '../../prisma/stores/segment-people';
import type { EnrollManyInput } from '../../workflows/contract/enroll-many';
import type { JsonObject } from '../../workflows/domain/json';
import type { JobDeps, PageDone, PageOf } from './page';

/** Contacts that one page looks at. */
const PAGE = 500;
/** No more is asked while this much of it waits: wake-ups of others would wait with it. */
const BACKLOG = 1_000;
const REST_MS = 250;
/** Events that one page of counting looks at: few enough for the statement time-out on a busy server. */
const WINDOW = 50_000n;

/** Where a job stands. Asking is over before what came of it is counted. */
type Cursor = { phase: 'asking'; after: string | null } | { phase: 'settling'; seq?: string };

/** Asks a journey for the next people of a job, as fast as it takes them in. */
export const enrollManyPage: PageOf = async (deps, job) => {
  const input = job.input as unknown as EnrollManyInput; // written by `enrollMany` alone
  const cursor = job.cursor === null ? ({ phase: 'asking', after: null } as const) : (JSON.parse(job.cursor) as Cursor);
  const { requests, starts } = await backlogOf(deps.db, job.id, BACKLOG);
  if (cursor.phase === 'settling')
    return requests > 0 ? later(cursor) : settle(deps, job, { input, after: BigInt(cursor.seq ?? input.afterSeq) });
  if (requests + starts >= BACKLOG) return later(cursor);
  const size = allowed(job, input);
  return size === 0 ? later(cursor) : ask(deps, job, { input, after: cursor.after, size });
};

/** Never null: that would end the job. */
function later(cursor: Cursor): PageDone {
  return { to: JSON.stringify(cursor), afterMs: REST_MS };
}

/** How many may be asked now, with the pace that was set. */
function allowed({ progress, startedAt, createdAt }: Job, { perMinute }: EnrollManyInput): number {
  if (perMinute === null) return PAGE;
  const minutes = (Date.now() - (startedAt ?? createdAt).getTime()) / 60_000;
  return Math.max(0, Math.min(PAGE, Math.floor(minutes * perMinute) + 1 - (progress.asked ?? 0)));
}

/** The requests are written together with how far the job is: a page is asked once, whoever is killed when. */
async function ask(
  { db }: JobDeps,
  job: Job,
  { input, after, size }: { input: EnrollManyInput; after: string | null; size: number },
): Promise<PageDone | null> {
  const { ids, next } = await people(db, job, { input, after, size });
  const to: Cursor = next === null ? { phase: 'settling' } : { phase: 'asking', after: next };
  await inTransaction(db, async (tx) => {
    const page = { from: job.cursor, to: JSON.stringify(to), counts: { asked: ids.length } };
    if (await advanceJob(tx, job.id, page)) await requestEntries(tx, { jobId: job.id, input }, ids);
  });
  return null;
}

async function people(
  db: JobDeps['db'],
  { id }: Job,
  { input, after, size }: { input: EnrollManyInput; after: string | null; size: number },
): Promise<{ ids: string[]; next: string | null }> {
  if (input.who === null) return listedContacts(db, id, { after, size });
  return findPage(db, await findingOf(db, input.who, { at: new Date(input.at) }), { after, size });
}

/** Counts what came of it, window by window of the events since the job was made. */
async function settle(
  { db }: JobDeps,
  job: Job,
  { input, after }: { input: EnrollManyInput; after: bigint },
): Promise<PageDone> {
  const upTo = after + WINDOW;
  const result = summed(job, input, { after, rulings: await rulingsOf(db, job.id, { after, upTo }) });
  if (upTo < BigInt(await lastSeq(db))) {
    return { to: JSON.stringify({ phase: 'settling', seq: upTo.toString() } satisfies Cursor), result };
  }
  return { to: null, counts: { done: result.asked }, result };
}

interface Came {
  asked: number;
  entered: number;
  refusedByJourney: number;
  reasons: Record<string, number>;
}

/** Together with what the windows before came to. */
function summed(
  { progress, result }: Job,
  { afterSeq }: EnrollManyInput,
  { after, rulings }: { after: bigint; rulings: readonly EnrolledOf[] },
): Came & JsonObject {
  const { asked = 0 } = progress;
  const isFirst = result === null || after === BigInt(afterSeq);
  const before = isFirst ? { entered: 0, refusedByJourney: 0, reasons: {} } : (result as unknown as Came);
  const total = (of: EnrolledOf['outcome']) => rulings.find(({ outcome }) => outcome === of)?.total ?? 0;
  const reasons = { ...before.reasons };
  for (const { outcome, reason, count } of rulings) {
    if (outcome === 'refused') reasons[reason] = (reasons[reason] ?? 0) + count;
  }
  const entered = before.entered + total('entered');
  return { asked, entered, refusedByJourney: before.refusedByJourney + total('refused'), reasons };
}

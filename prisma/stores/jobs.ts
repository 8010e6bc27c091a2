import { v7 } from 'uuid';
import type { JsonObject } from '../../workflows/domain/json';
import type { JobKind } from '../../workflows/contract/jobs';
import type { Prisma } from '../generated/client';
import { inTransaction, type Db, type DbOrTx, type Tx } from '../client';

export const jobStates = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof jobStates)[number];

/** Counts by name. `total` and `done` mean the same in every kind; `refused` is counted by itself. */
export type JobProgress = Record<string, number>;

export interface Job {
  id: string;
  kind: JobKind;
  state: JobState;
  input: JsonObject;
  progress: JobProgress;
  result: JsonObject | null;
  cursor: string | null;
  error: string | null;
  requestedBy: string | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
}

export interface NewJob {
  /** Where what it works on was written before it. */
  id?: string;
  kind: JobKind;
  /** What to do, in ids and rules: it is kept as long as the row. */
  input: JsonObject;
  progress?: JobProgress;
  /** The caller's API key. */
  requestedBy: string | null;
}

/** Writes the job. Whoever calls it starts its workflow after the commit; where that fails, a sweep does. */
export async function createJob(
  db: DbOrTx,
  { id = v7(), kind, input, progress = {}, requestedBy }: NewJob,
): Promise<Job> {
  const row = await db.job.create({ data: { id, kind, input: json(input), progress, requestedBy } });
  return jobOf(row);
}

/**
 * Writes a job that a request with an Idempotency-Key asked for. Where a repetition was before, that one's job is
 * answered: its process may have died between the job and its answer.
 */
export async function createJobOnce(db: DbOrTx, spec: NewJob & { id: string }, idempotencyKey: string): Promise<Job> {
  const { id, kind, input, progress = {}, requestedBy } = spec;
  const cause = `request:${requestedBy ?? ''}:${idempotencyKey}`;
  const data = [{ id, kind, input: json(input), progress, requestedBy, cause }];
  await db.job.createMany({ data, skipDuplicates: true });
  return jobOf(await db.job.findUniqueOrThrow({ where: { cause } }));
}

export async function findJob(db: DbOrTx, id: string): Promise<Job | null> {
  const row = await db.job.findUnique({ where: { id } });
  return row && jobOf(row);
}

export interface JobFilter {
  kind?: JobKind | undefined;
  state?: JobState | undefined;
}

/** Newest first, below the id `after`. */
export async function listJobs(
  db: DbOrTx,
  { kind, state }: JobFilter,
  { after, limit }: { after: string | null; limit: number },
): Promise<Job[]> {
  const rows = await db.job.findMany({
    where: { ...(kind && { kind }), ...(state && { state }), ...(after !== null && { id: { lt: after } }) },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map(jobOf);
}

/** Those whose workflow should be running, oldest first. */
export async function openJobs(db: DbOrTx, limit: number): Promise<Pick<Job, 'id' | 'kind'>[]> {
  return db.$queryRaw<Pick<Job, 'id' | 'kind'>[]>`
    SELECT id, kind FROM job WHERE state IN ('queued', 'running') ORDER BY id LIMIT ${limit}::int`;
}

export interface JobPage {
  /** The cursor that this page was read from. */
  from: string | null;
  /** Where the next one starts; null when this was the last. */
  to: string | null;
  /** Added to the progress. */
  counts?: JobProgress;
  refused?: readonly JobRefused[];
  /** Written when it was the last page, over what is there. */
  result?: JsonObject;
}

export interface JobRefused {
  /** An id, or the number of a line: never an address. */
  subject: string;
  reason: string;
}

/**
 * Writes down that a page was done, once: false where another attempt was before, or the job is over. Call it in the
 * transaction of the page's own writes where these must not be repeated either.
 */
export async function advanceJob(tx: Tx, id: string, page: JobPage): Promise<boolean> {
  const job = await lockJob(tx, id);
  if (!job || isOver(job.state) || job.cursor !== page.from) return false;
  const refused = page.refused ?? [];
  await tx.jobRefusal.createMany({ data: refused.map((each) => ({ jobId: id, ...each })), skipDuplicates: true });
  const progress = sum(job.progress, { ...page.counts, refused: refused.length });
  const startedAt = job.startedAt ?? new Date();
  const over = page.to === null && { state: 'done', finishedAt: new Date() };
  const result = page.result && { result: json({ ...job.result, ...page.result }) };
  const state = { state: 'running', cursor: page.to, ...over };
  await tx.job.update({ where: { id }, data: { progress, startedAt, ...state, ...result } });
  return true;
}

/** `advanceJob` in a transaction of its own. */
export function recordPage(db: Db, id: string, page: JobPage): Promise<boolean> {
  return inTransaction(db, (tx) => advanceJob(tx, id, page));
}

/** Ends a job before its last page. What is over stays as it is: then null. */
export function endJob(
  db: Db,
  id: string,
  end: { state: 'failed'; error: string } | { state: 'cancelled' },
): Promise<Job | null> {
  return inTransaction(db, async (tx) => {
    const job = await lockJob(tx, id);
    if (!job || isOver(job.state)) return null;
    return jobOf(await tx.job.update({ where: { id }, data: { ...end, finishedAt: new Date() } }));
  });
}

export function isOver(state: JobState): boolean {
  return state !== 'queued' && state !== 'running';
}

/** In the order of their subjects, above the subject `after`. */
export function listRefusals(
  db: DbOrTx,
  jobId: string,
  { after, limit }: { after: string | null; limit: number },
): Promise<JobRefused[]> {
  return db.jobRefusal.findMany({
    where: { jobId, ...(after !== null && { subject: { gt: after } }) },
    orderBy: { subject: 'asc' },
    take: limit,
    select: { subject: true, reason: true },
  });
}

/** Under its own lock, which is the last one taken. */
async function lockJob(tx: Tx, id: string): Promise<Job | null> {
  await tx.$queryRaw`SELECT id FROM job WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
  return findJob(tx, id);
}

function sum(before: JobProgress, added: JobProgress): JobProgress {
  const after = { ...before };
  for (const [name, count] of Object.entries(added)) after[name] = (after[name] ?? 0) + count;
  return after;
}

type Row = Awaited<ReturnType<DbOrTx['job']['findUniqueOrThrow']>>;

/** The columns are written by nobody but this file, from values of these types. */
function jobOf(row: Row): Job {
  return row as Job;
}

function json(value: JsonObject): Prisma.InputJsonObject {
  return value;
}

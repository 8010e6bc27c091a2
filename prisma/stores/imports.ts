import type { StagedRow } from '../../workflows/domain/importing/row';
import type { Db, DbOrTx, Tx } from '../client';

export interface ImportRow {
  /** Of the file, from 1. */
  line: number;
  row: StagedRow;
}

/** Rows of a file, before there is a job: whoever breaks off takes them away again. */
export async function stageRows(db: DbOrTx, jobId: string, rows: readonly ImportRow[]): Promise<void> {
  await db.$executeRaw`
    insert into import_row (job_id, line, data)
    select ${jobId}::uuid, x.line, x.data::jsonb
    from unnest(${rows.map(({ line }) => line)}::int[], ${rows.map(({ row }) => JSON.stringify(row))}::text[])
      as x(line, data)`;
}

/** Rows that are read together: long ones are few, so that what is made of them fits a statement's time-out. */
const MOST_BYTES = 1024 * 1024;

/** The next rows of a file, after the line `after`: as many as asked for, or the first of them. */
export function readRows(
  db: DbOrTx,
  jobId: string,
  { after, limit }: { after: number; limit: number },
): Promise<ImportRow[]> {
  return db.$queryRaw<ImportRow[]>`
    select line, data as row from (
      select line, data, sum(octet_length(data::text)) over (order by line) - octet_length(data::text) as before from (
        select line, data from import_row
        where job_id = ${jobId}::uuid and line > ${after}::int order by line limit ${limit}::int) next) r
    where before < ${MOST_BYTES}::int order by line`;
}

/** Rows of one statement: few enough for its time-out. */
const SLICE = 20_000;

/** Takes away all rows of a file, or those that nothing is to be shown of; slice by slice, whatever stays in each. */
export async function dropRows(db: Db, jobId: string, which: 'all' | 'taken' = 'all'): Promise<void> {
  for (let after: number | null = -1; after !== null;) after = await dropSlice(db, jobId, { after, which });
}

/** Answers the last line that it looked at; null when there was none. */
async function dropSlice(
  db: Db,
  jobId: string,
  { after, which }: { after: number; which: 'all' | 'taken' },
): Promise<number | null> {
  const [row] = await db.$queryRaw<{ upTo: number | null }[]>`
    select max(line) as "upTo" from (
      select line from import_row where job_id = ${jobId}::uuid and line > ${after}::int
      order by line limit ${SLICE}::int) slice`;
  const upTo = row?.upTo ?? null;
  if (upTo === null) return null;
  await db.$executeRaw`
    delete from import_row r
    where job_id = ${jobId}::uuid and line > ${after}::int and line <= ${upTo}::int
      and (${which === 'all'} or not exists (
        select from job_refusal f where f.job_id = r.job_id and f.subject = r.line::text))`;
  return upTo;
}

export function eventIdOf(jobId: string, line: number): string {
  return `${jobId}:${line}`;
}

/** Events that the pump has not come to, whoever's they are, counted up to `most`. */
export async function unprocessedEvents(db: DbOrTx, most: number): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    select count(*)::int as count from (
      select 1 from event where not processed and error is null limit ${most}::int) e`;
  return row?.count ?? 0;
}

/** What became of the rows of some lines. */
export interface RowsSettled {
  /** Events that the pump has not come to. */
  waiting: number;
  done: number;
  created: number;
  /** Their keys came to name more than one person while they waited: they were told of one. */
  conflicts: number;
  /** Lines whose events could not be processed. */
  failed: number[];
}

/** What became of the rows after the line `after`, up to `upTo`. */
export async function settledRows(
  db: DbOrTx,
  jobId: string,
  { after, upTo }: { after: number; upTo: number },
): Promise<RowsSettled> {
  const [row] = await db.$queryRaw<RowsSettled[]>`
    select count(*) filter (where not e.processed and e.error is null)::int as waiting,
           count(*) filter (where e.processed)::int as done,
           count(*) filter (where e.processed and i.seq is not null)::int as created,
           count(*) filter (where e.processed and e.context ? 'conflict')::int as conflicts,
           coalesce(array_agg(r.line order by r.line) filter (where e.error is not null), '{}') as failed
    from import_row r
    join event e on e.origin = 'import' and e.message_id = ${jobId} || ':' || r.line
    left join event i on i.origin = 'inside' and i.message_id = 'contact.created:' || e.contact_id || ':' || e.seq
    where r.job_id = ${jobId}::uuid and r.line > ${after}::int and r.line <= ${upTo}::int`;
  return row ?? { waiting: 0, done: 0, created: 0, conflicts: 0, failed: [] };
}

/** Takes away the rows of these lines but those that were refused: they are shown with their reasons. */
export async function dropSettled(
  tx: Tx,
  jobId: string,
  { after, upTo }: { after: number; upTo: number },
): Promise<void> {
  await tx.$executeRaw`
    delete from import_row r
    where job_id = ${jobId}::uuid and line > ${after}::int and line <= ${upTo}::int
      and not exists (select from job_refusal f where f.job_id = r.job_id and f.subject = r.line::text)`;
}

/** Those of these keys that are somebody's → whose. */
export async function keyOwners(db: DbOrTx, keys: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.$queryRaw<{ key: string; id: string }[]>`
    select i.kind || ':' || i.value as key, i.contact_id as id
    from unnest(${[...keys]}::text[]) k(key)
    join contact_identity i on i.kind = split_part(k.key, ':', 1) and i.value = substr(k.key, strpos(k.key, ':') + 1)`;
  return new Map(rows.map(({ key, id }) => [key, id]));
}

/** Keys of the rows after the line `after`, up to `upTo`, that the pump has not come to; first to last. */
export async function waitingKeys(
  db: DbOrTx,
  jobId: string,
  { after, upTo }: { after: number; upTo: number },
): Promise<string[][]> {
  const rows = await db.$queryRaw<{ keys: string[] }[]>`
    select e.keys from import_row r
    join event e on e.origin = 'import' and e.message_id = ${jobId} || ':' || r.line
    where r.job_id = ${jobId}::uuid and r.line > ${after}::int and r.line <= ${upTo}::int
      and not e.processed and e.error is null
    order by r.line`;
  return rows.map(({ keys }) => keys);
}

export interface RefusedRow extends ImportRow {
  reason: string;
}

/** Rows that were refused, in the order of the file, after the line `after`. */
export function refusedRows(
  db: DbOrTx,
  jobId: string,
  { after, limit }: { after: number; limit: number },
): Promise<RefusedRow[]> {
  return db.$queryRaw<RefusedRow[]>`
    select r.line, r.data as row, f.reason
    from import_row r join job_refusal f on f.job_id = r.job_id and f.subject = r.line::text
    where r.job_id = ${jobId}::uuid and r.line > ${after}::int order by r.line limit ${limit}::int`;
}

/** How long refused rows can be fetched, and what an upload that broke off leaves may lie. */
const KEPT_DAYS = 30;

/**
 * Takes away what is left of uploads that broke off, of jobs that were cancelled or failed, and of old ones: rows of the
 * file, and the people whom a dry run showed.
 */
export async function purgeImports(db: Db): Promise<void> {
  const old = await db.$queryRaw<{ id: string; over: boolean }[]>`
    select r.job_id as id, j.id is null or j.finished_at < now() - make_interval(days => ${KEPT_DAYS}::int) as over
    from (select job_id, min(created_at) as since from import_row group by 1) r left join job j on j.id = r.job_id
    where (j.id is null and r.since < now() - interval '1 day')
      or (j.finished_at is not null and (j.state <> 'done' or j.finished_at < now() - make_interval(days => ${KEPT_DAYS}::int)))`;
  for (const { id, over } of old) await dropRows(db, id, over ? 'all' : 'taken');
  await db.$executeRaw`
    update job set result = result - 'rows'
    where kind = 'import' and result ? 'rows'
      and (state in ('cancelled', 'failed') or finished_at < now() - make_interval(days => ${KEPT_DAYS}::int))`;
}

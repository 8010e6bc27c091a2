import { inTransaction } from '../../prisma/client';
import { insertEvents } from '../../prisma/stores/events';
import { barAddress, optOutPerson, processedOptOuts } from '../../prisma/stores/import-opt-outs';
import {
  dropSettled,
  readRows,
  settledRows,
  unprocessedEvents,
  waitingKeys,
  type ImportRow,
} from '../../prisma/stores/imports';
import { advanceJob, findJob, isOver, type Job } from '../../prisma/stores/jobs';
import type { ImportInput } from '../../workflows/contract/import';
import { skippedOf } from '../../workflows/domain/importing/row';
import { eventOf } from './import-event';
import { previewPage } from './import-preview';
import { pairsOf, readFileRows } from './import-rows';
import type { JobDeps, PageDone, PageOf } from './page';

/** Rows of one transaction. */
const BATCH = 1_000;
/** No more is written while this many events wait, whoever's they are: people's behaviours wait behind them. */
const BACKLOG = 2_000;
/** One page goes on so long: asking Temporal for each batch would take longer than the batch. */
const PAGE_MS = 8_000;
const REST_MS = 50;
/** Names of columns that nothing was taken from. */
const SHOWN = 50;

/** Lines that were read, and lines of which it is known what became of them. */
export interface ImportCursor {
  read: number;
  settled: number;
}

/** Takes in the next rows of a file, as fast as the pump takes them. */
export const importPage: PageOf = async (deps, job) => {
  const until = performance.now() + PAGE_MS;
  for (let now: Job | null = job; ; now = await findJob(deps.db, job.id)) {
    if (!now || isOver(now.state)) return null;
    const input = now.input as unknown as ImportInput; // written by POST /v1/imports alone
    const cursor = cursorOf(now);
    const done = input.dryRun
      ? await previewPage(deps, now, { input, cursor })
      : await step(deps, now, { input, cursor });
    if (done) return done;
    if (performance.now() > until) return null;
  }
};

export function cursorOf({ cursor }: Job): ImportCursor {
  return cursor === null ? { read: 0, settled: 0 } : (JSON.parse(cursor) as ImportCursor);
}

interface Standing {
  input: ImportInput;
  cursor: ImportCursor;
}

/** First what became of earlier rows, so that a file that is taken in leaves nothing behind as it goes. */
async function step(deps: JobDeps, job: Job, at: Standing): Promise<PageDone | null> {
  const { settled, read } = at.cursor;
  if (settled < read && (await settle(deps, job, at.cursor))) return null;
  if ((await unprocessedEvents(deps.db, BACKLOG)) >= BACKLOG) return rest();
  const rows = await readRows(deps.db, job.id, { after: read, limit: BATCH });
  if (rows.length > 0) {
    await take(deps, job, { ...at, rows });
    return null;
  }
  return settled < read ? rest() : { to: null };
}

/** The pump is at work: a moment within the page, not a page for each moment. */
async function rest(): Promise<null> {
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  return null;
}

/** The events are written together with how far the file is: each row once, whoever is killed when. */
async function take(
  { db }: JobDeps,
  job: Job,
  { input, cursor, rows }: Standing & { rows: readonly ImportRow[] },
): Promise<void> {
  // Before whose keys are whose: what the pump comes to meanwhile is then in one of the two.
  const waiting = await waitingKeys(db, job.id, { after: cursor.settled, upTo: cursor.read });
  const { people, refused, pairs } = await readFileRows(db, rows, { input, waiting });
  for (const { line, person } of people) {
    const { email, optOut } = person;
    if (optOut && email !== null) await barAddress(db, { job: job.id, line, optOut }, email);
  }
  const events = people.map((one) => eventOf(one, { job: job.id, line: one.line, input }));
  const to = JSON.stringify({ ...cursor, read: rows.at(-1)?.line ?? cursor.read } satisfies ImportCursor);
  const result = { skipped: skippedIn(job, rows, input), ...pairsOf(job, pairs) };
  await inTransaction(db, async (tx) => {
    if (!(await advanceJob(tx, job.id, { from: job.cursor, to, refused, result }))) return;
    await insertEvents(tx, events);
    await tx.$executeRaw`select pg_notify('nurture_event', '')`;
  });
}

function skippedIn({ result }: Job, rows: readonly ImportRow[], input: ImportInput): string[] {
  const before = Array.isArray(result?.skipped) ? result.skipped.filter((name) => typeof name === 'string') : [];
  return [...new Set([...before, ...rows.flatMap(({ row }) => skippedOf(row, input))])].slice(0, SHOWN);
}

/** False while some of the rows wait for the pump. */
async function settle({ db }: JobDeps, job: Job, { read, settled }: ImportCursor): Promise<boolean> {
  const window = { after: settled, upTo: Math.min(read, settled + BATCH) };
  const { waiting, done, created, conflicts, failed } = await settledRows(db, job.id, window);
  if (waiting > 0) return false;
  const optOuts = await processedOptOuts(db, job.id, window);
  for (const { contactId, ...row } of optOuts) await optOutPerson(db, row, contactId);
  const to = JSON.stringify({ read, settled: window.upTo } satisfies ImportCursor);
  const counts = { done, created, updated: done - created, conflicts, optedOut: optOuts.length };
  const reason = 'It could not be processed: see the events that were set aside.';
  const refused = failed.map((line) => ({ subject: String(line), reason }));
  await inTransaction(db, async (tx) => {
    if (!(await advanceJob(tx, job.id, { from: job.cursor, to, counts, refused }))) return;
    await dropSettled(tx, job.id, window);
  });
  return true;
}

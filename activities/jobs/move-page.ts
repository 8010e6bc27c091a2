import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { z } from 'zod';
import { inTransaction } from '../../prisma/client';
import { moveStored } from '../../prisma/stores/effects/move-stored';
import { advanceJob, endJob, type Job, type JobRefused } from '../../prisma/stores/jobs';
import {
  endPeople,
  pickMovable,
  publishedVersion,
  readMovable,
  readMoveStates,
  type Movable,
  type MoveInput,
  type MoveState,
} from '../../prisma/stores/moves';
import type { MoveOrder } from '../../workflows/contract/effects';
import { journeyWorkflowId } from '../../workflows/contract/journey';
import { move } from '../../workflows/contract/messages';
import { nextOf } from '../../workflows/interpreter/follow';
import { askRun } from './ask-run';
import type { JobDeps, PageDone, PageOf } from './page';

const PAGE = 100;
/** Runs asked at once. */
const AT_ONCE = 20;
/** A run that said yes has moved by then, or rests on something else for a moment. */
const SETTLED_MS = 2_000;
const LONGEST_REST_MS = 30_000;
/** Who could not be moved by then is left where they are. */
const PATIENCE_MS = 24 * 3_600_000;

const inputSchema: z.ZodType<MoveInput> = z.strictObject({
  journey: z.string(),
  versionId: z.uuid(),
  number: z.int(),
  plan: z.uuid(),
  people: z.enum(['move', 'end']),
  steps: z.record(z.string(), z.string().nullable()),
});

/**
 * Where a job stands: it goes round by round through those who are still elsewhere. `after` is the id that the page before
 * ended with, `left` how many of this round are still to be moved. Whose turn it is (`ids`, none before a page is picked)
 * is written down before anything is done, so that each is counted once.
 */
const cursorSchema = z.strictObject({
  round: z.int(),
  after: z.uuid().nullable(),
  left: z.int(),
  ids: z.array(z.uuid()),
});
type Cursor = z.output<typeof cursorSchema>;

const start: Cursor = { round: 0, after: null, left: 0, ids: [] };

/** Moves the next people to the published version, or has them leave: picked on one call, dealt with on the next. */
export const movePage: PageOf = async (deps, job) => {
  const input = inputSchema.parse(job.input);
  if ((await publishedVersion(deps.db, input.journey)) !== input.versionId) {
    await endJob(deps.db, job.id, { state: 'failed', error: 'another version was published meanwhile' });
    return null;
  }
  const cursor = job.cursor === null ? start : cursorSchema.parse(JSON.parse(job.cursor));
  if (cursor.ids.length === 0) return pick(deps, { job, input, cursor });
  return input.people === 'end' ? end(deps, { job, input, cursor }) : act(deps, { job, input, cursor });
};

interface Page {
  job: Job;
  input: MoveInput;
  cursor: Cursor;
}

async function pick({ db }: JobDeps, { job, input, cursor }: Page): Promise<PageDone> {
  const rows = await pickMovable(db, { jobId: job.id, input, after: cursor.after, limit: PAGE });
  const ids = rows.map(({ id }) => id);
  if (ids.length > 0) return { to: JSON.stringify({ ...cursor, ids }) };
  if (cursor.left === 0) return { to: null, result: resultOf(job) };
  const { round } = cursor;
  const next = { ...start, round: round + 1 };
  return { to: JSON.stringify(next), afterMs: Math.min(500 * 2 ** Math.min(round, 10), LONGEST_REST_MS) };
}

/** What came of it, and how it differs from what was to be done when it was published: people come and go meanwhile. */
function resultOf({ progress }: Job): NonNullable<PageDone['result']> {
  const { total = 0, done = 0, moved = 0, ended = 0, left = 0, refused = 0 } = progress;
  return { planned: total, moved, ended, left, refused, differs: done + refused - total };
}

/** What is done is written together with how far the job is: another attempt of the same page does nothing. */
async function end({ db }: JobDeps, { job, input, cursor }: Page): Promise<null> {
  const { ids } = cursor;
  await inTransaction(db, async (tx) => {
    const ended = await endPeople(tx, ids, { jobId: job.id, input, at: new Date() });
    const to = JSON.stringify({ ...start, after: ids.at(-1) ?? null });
    const counts = { done: ids.length, ended, left: ids.length - ended };
    if (!(await advanceJob(tx, job.id, { from: job.cursor, to, counts }))) throw new DoneAlready();
  }).catch((error: unknown) => {
    if (!(error instanceof DoneAlready)) throw error;
  });
  return null;
}

/** Rolls back what another attempt has written before. */
class DoneAlready extends Error {
  override readonly name = 'DoneAlready';
}

async function act(deps: JobDeps, { job, input, cursor }: Page): Promise<PageDone> {
  const { db } = deps;
  const order = { versionId: input.versionId, number: input.number, steps: input.steps, jobId: job.id };
  const people = await readMovable(db, cursor.ids, input);
  for (let from = 0; from < people.length; from += AT_ONCE) {
    await Promise.all(people.slice(from, from + AT_ONCE).map((one) => moveOne(deps, one, { input, order })));
  }
  const states = await settled(deps, cursor.ids, order);
  return pageDone({ job, input, cursor }, states);
}

/** Live runs are asked; for the others the database is told. Who refuses now is asked again in the next round. */
async function moveOne(
  deps: JobDeps,
  { id, started, gone }: Movable,
  { input, order }: { input: MoveInput; order: MoveOrder },
): Promise<void> {
  const isThere = started && !gone && (await ask(deps.client, journeyWorkflowId(input.journey, id), order));
  if (!isThere) await moveStored(deps, { enrollmentId: id, order, now: Date.now(), nextOf });
}

/** False where there is no such run. */
async function ask(client: Client, workflowId: string, order: MoveOrder): Promise<boolean> {
  return (await askRun(client, { workflowId, update: move, args: [order] })) !== 'Its workflow is not running.';
}

/** The run moves right after it said yes, in the same task: those who did not within a moment come again. */
async function settled({ db }: JobDeps, ids: readonly string[], order: MoveOrder): Promise<MoveState[]> {
  for (const until = performance.now() + SETTLED_MS; ; await pause(50)) {
    const states = await readMoveStates(db, ids, order);
    const open = states.some(({ state, refused }) => state === 'stays' && refused === null);
    if (!open || performance.now() > until) return states;
  }
}

function pageDone({ job, cursor }: Page, states: readonly MoveState[]): PageDone {
  const count = (state: MoveState['state']) => states.filter((one) => one.state === state).length;
  const stay = states.filter(({ state }) => state === 'stays');
  const isOld = Date.now() - job.createdAt.getTime() > PATIENCE_MS;
  const refused: JobRefused[] = stay.flatMap(({ id, refused: reason }) =>
    reason !== null || isOld ? [{ subject: id, reason: reason ?? 'it could not be moved for a day' }] : [],
  );
  const { moved, ended, left } = { moved: count('moved'), ended: count('ended'), left: count('left') };
  const to = {
    ...{ round: cursor.round, after: cursor.ids.at(-1) ?? null, ids: [] },
    left: cursor.left + stay.length - refused.length,
  };
  return { to: JSON.stringify(to), counts: { done: moved + ended + left, moved, ended, left }, refused };
}

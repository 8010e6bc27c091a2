import { randomUUID } from 'node:crypto';
import { WorkflowNotFoundError, type Client, type WorkflowHandle } from '@temporalio/client';
import { CONTACT_JOURNEY, ENGINE } from '../../../workflows/contract/journey';
import { position, released, retry, skip, wake, type RunPosition } from '../../../workflows/contract/messages';
import { JOURNEYS } from '../../../workflows/contract/task-queues';
import { emptyMailbox, type Mailbox } from '../../../workflows/interpreter/mailbox';
import type { DispatchRow } from '../../../workflows/interpreter/virtual/world';
import { poll } from '../poll';
import { happeningFor, timed } from './script';
import { clockOf, skipTime } from './skip-time';
import { fold, type Playing } from './temporal-effects';
import { provider, worldOf, type Trial } from './trial';
import type { Played } from './virtual-side';

const HOUR = 3_600_000;
const PATIENCE_MS = 30_000;
/** A timer fires when its time has passed. */
const MOMENT_MS = 20;

export interface TemporalSide {
  client: Client;
  playing: Map<string, Playing>;
}

/** Plays a trial by a workflow on a server that skips time, up to where the virtual clock found its end. */
export async function playByTemporal(
  trial: Trial,
  expected: Played,
  { client, playing }: TemporalSide,
): Promise<Played> {
  const key = randomUUID();
  const world = worldOf(trial);
  const known = promised<number>();
  const handle = client.workflow.getHandle(key);
  playing.set(key, {
    world,
    provider: provider(),
    attempts: 0,
    ahead: known.promise,
    tell: (owed) => tell(handle, owed),
  });
  const args = [{ enrollmentId: key, versionId: key, engine: ENGINE, limits: { historyEvents: trial.historyEvents } }];
  await client.workflow.start(CONTACT_JOURNEY, { taskQueue: JOURNEYS, workflowId: key, args });
  const { startTime } = await handle.describe();
  known.resolve(trial.entersAt - startTime.getTime());
  const run: Run = { client, handle, trial, world, ahead: trial.entersAt - startTime.getTime() };
  try {
    await playScript(run);
    return { world, restsAt: await end(run, expected), deadlines: [] };
  } finally {
    playing.delete(key);
  }
}

interface Run {
  client: Client;
  handle: WorkflowHandle;
  trial: Trial;
  world: Played['world'];
  ahead: number;
}

async function playScript(run: Run): Promise<void> {
  const { handle, trial, world } = run;
  for (const event of timed(trial)) {
    await passTo(run, event.at);
    const here = await resting(run);
    // What comes after the end happens on no host.
    if (!here) return;
    world.now = Math.max(world.now, event.at);
    const box = happeningFor(event, trial, () => here.phase).happen(world, {
      ...emptyMailbox,
      shown: here.visit,
    });
    await tell(handle, fold(world));
    await ask(handle, box);
    await resting(run);
  }
}

/**
 * Lets the workflow's time pass up to an instant of the world, from one deadline to the next: the server would jump over
 * the beginning of a run that continues another.
 */
async function passTo(run: Run, at: number): Promise<void> {
  const { client, handle, ahead } = run;
  for (let rest = await resting(run); rest !== null; rest = await resting(run)) {
    const now = await clockOf(client, handle.workflowId);
    if (now >= at - ahead) return;
    const due = rest.until === null ? Infinity : rest.until + MOMENT_MS;
    if (due > now) await skipTime(client, handle.workflowId, Math.min(due, at - ahead) - now).catch(unlessGone);
    else await goneOn(run, rest);
  }
}

/** Its deadline has passed: it must notice. */
async function goneOn(run: Run, { visit, phase, until }: RunPosition): Promise<void> {
  await poll(
    `an end of the rest at visit ${visit}`,
    async () => {
      const rest = await resting(run);
      return rest === null || rest.visit !== visit || rest.phase !== phase || rest.until !== until;
    },
    { timeoutMs: PATIENCE_MS },
  );
}

/** Where the run rests; null when it is over. Waits while it acts. */
async function resting({ handle }: Run): Promise<RunPosition | null> {
  const found = await poll(
    'a rest',
    async () => {
      if (!(await isRunning(handle))) return { rest: null };
      const rest = await handle.query(position).catch(unlessGone);
      return rest && rest.phase !== 'acting' && rest.phase !== 'finished' && { rest };
    },
    { timeoutMs: PATIENCE_MS },
  );
  return found.rest;
}

async function isRunning(handle: WorkflowHandle): Promise<boolean> {
  const { status } = await handle.describe();
  return status.name === 'RUNNING' || status.name === 'CONTINUED_AS_NEW';
}

async function tell(handle: WorkflowHandle, owed: readonly DispatchRow[]): Promise<void> {
  for (const { kind, visit, outcome } of owed) {
    const sent =
      kind === 'released' ? handle.signal(released) : handle.signal(wake, { visit, ...(outcome && { outcome }) });
    await sent.catch(unlessGone);
  }
}

async function ask(handle: WorkflowHandle, { asked, cancelled }: Mailbox): Promise<void> {
  if (cancelled) await handle.cancel().catch(unlessGone);
  if (asked?.what === 'skip') await handle.executeUpdate(skip).catch(unlessGone);
  if (asked?.what === 'retry') await handle.executeUpdate(retry).catch(unlessGone);
}

/** To the end that the virtual clock found; null when the workflow is over. */
async function end(run: Run, expected: Played): Promise<Played['restsAt']> {
  const [enrollment] = expected.world.enrollments;
  await passTo(run, Math.max(expected.world.now, enrollment?.endedAt ?? 0) + HOUR);
  const rest = await resting(run);
  if (!rest) return null;
  const { stepId, phase, visit } = rest;
  await run.handle.terminate('the trial is over').catch(unlessGone);
  return { stepId, phase, visit };
}

function unlessGone(error: unknown): undefined {
  if (error instanceof WorkflowNotFoundError || gone.includes(grpcCode(error))) return undefined;
  throw error;
}

/** gRPC's numbers for what is not found, and for a run that has continued as new and not begun yet. */
const gone = [5, 9];

function grpcCode(error: unknown): number {
  if (typeof error !== 'object' || error === null) return 0;
  if ('code' in error && typeof error.code === 'number') return error.code;
  return 'cause' in error ? grpcCode(error.cause) : 0;
}

function promised<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}

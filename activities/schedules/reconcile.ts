import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Backfill,
  type Client,
  type ScheduleOptions,
} from '@temporalio/client';
import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { Db } from '../../prisma/client';
import { scheduledEntries, type ScheduledEntryRow } from '../../prisma/stores/scheduled-entries';
import { ENTRY_SCHEDULES, entryScheduleId, SCHEDULED_ENTRY } from '../../workflows/contract/scheduled-entry';
import { JOURNEYS } from '../../workflows/contract/task-queues';
import { specOf } from './spec';

export interface ReconcileDeps {
  db: Db;
  log: Logger;
  client: Client;
}

/** A firing that nobody could take for so long is let go: it would come at a wrong time. */
const CATCH_UP_MS = 86_400_000;

/**
 * Makes Temporal's Schedules those of the published journeys: creates, replaces and deletes. It is run again and again,
 * and what was due before a Schedule was there is made up for, so a Temporal that is away when a journey is published
 * loses nothing. Answers how many it touched.
 */
export async function reconcileSchedules({ db, log, client }: ReconcileDeps): Promise<number> {
  const wanted = new Map((await scheduledEntries(db)).map((entry) => [entryScheduleId(entry), entry]));
  const known = new Map<string, string>();
  for await (const { scheduleId, state } of client.schedule.list()) {
    if (scheduleId.startsWith(ENTRY_SCHEDULES)) known.set(scheduleId, state.note ?? '');
  }
  let touched = 0;
  for (const [id, entry] of wanted) {
    const note = noteOf(entry);
    if (known.get(id) === note) continue;
    // Replaced rather than updated, so that what is to be made up for comes with it, in one call.
    if (known.has(id)) await remove(client, id);
    await create(client, id, { entry, note });
    touched += 1;
  }
  for (const id of [...known.keys()].filter((one) => !wanted.has(one))) {
    await remove(client, id);
    touched += 1;
  }
  if (touched > 0) log.info({ touched }, 'schedules of journeys brought up to date');
  return touched;
}

/** What it says to operators, and what tells a changed entry from the one that is there. */
function noteOf({ journey, index, schedule, zone }: ScheduledEntryRow): string {
  const sha = createHash('sha256')
    .update(JSON.stringify([schedule, zone]))
    .digest('hex')
    .slice(0, 12);
  return `entry ${index + 1} of ${journey} (${sha})`;
}

interface Wanted {
  entry: ScheduledEntryRow;
  note: string;
}

function optionsOf({ entry, note }: Wanted, asked: Date): Omit<ScheduleOptions, 'scheduleId'> {
  const { journey, index, schedule, zone } = entry;
  return {
    spec: specOf(schedule, zone),
    action: { type: 'startWorkflow', workflowType: SCHEDULED_ENTRY, taskQueue: JOURNEYS, args: [{ journey, index }] },
    policies: { overlap: ScheduleOverlapPolicy.BUFFER_ALL, catchupWindow: CATCH_UP_MS },
    state: { note, backfill: [between(dueSince(entry, asked), asked)] },
  };
}

async function create(client: Client, scheduleId: string, wanted: Wanted): Promise<void> {
  const asked = new Date();
  try {
    const handle = await client.schedule.create({ scheduleId, ...optionsOf(wanted, asked) });
    // Temporal may have taken its time.
    await handle.backfill(between(asked, new Date()));
  } catch (error) {
    // Another worker was quicker.
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}

/** Fires for each instant then. One that was taken before is not taken again: runs, and jobs, have its name. */
function between(start: Date, end: Date): Backfill {
  return { start, end, overlap: ScheduleOverlapPolicy.BUFFER_ALL };
}

/** The database's clock may be ahead of ours. */
function dueSince({ since }: ScheduledEntryRow, asked: Date): Date {
  return new Date(Math.min(Math.max(since.getTime(), asked.getTime() - CATCH_UP_MS), asked.getTime()));
}

async function remove(client: Client, scheduleId: string): Promise<void> {
  try {
    await client.schedule.getHandle(scheduleId).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}

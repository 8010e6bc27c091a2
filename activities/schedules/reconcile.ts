import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
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
const CATCH_UP = '1 day';

/**
 * Makes Temporal's Schedules those of the published journeys: creates, changes and deletes. It is run again and again,
 * so a Temporal that is away when a journey is published loses nothing. Answers how many it touched.
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
    await (known.has(id) ? change(client, id, { entry, note }) : create(client, id, { entry, note }));
    touched += 1;
  }
  for (const id of [...known.keys()].filter((one) => !wanted.has(one))) {
    await client.schedule.getHandle(id).delete().catch(unlessGone);
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

function partsOf({ entry, note }: Wanted) {
  const { journey, index, schedule, zone } = entry;
  return {
    spec: specOf(schedule, zone),
    action: { type: 'startWorkflow', workflowType: SCHEDULED_ENTRY, taskQueue: JOURNEYS, args: [{ journey, index }] },
    policies: { overlap: ScheduleOverlapPolicy.BUFFER_ALL, catchupWindow: CATCH_UP },
    state: { note },
  } satisfies Omit<ScheduleOptions, 'scheduleId'>;
}

async function create(client: Client, scheduleId: string, wanted: Wanted): Promise<void> {
  try {
    await client.schedule.create({ scheduleId, ...partsOf(wanted) });
  } catch (error) {
    // Another worker was quicker.
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}

async function change(client: Client, scheduleId: string, wanted: Wanted): Promise<void> {
  const { action, ...parts } = partsOf(wanted);
  await client.schedule
    .getHandle(scheduleId)
    .update((previous) => ({ ...previous, ...parts, action: { ...previous.action, ...action } }))
    .catch(unlessGone);
}

function unlessGone(error: unknown): void {
  if (!(error instanceof ScheduleNotFoundError)) throw error;
}

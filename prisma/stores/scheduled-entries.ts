import type { EnrollManyInput } from '../../workflows/contract/enroll-many';
import type { ScheduledEntry } from '../../workflows/contract/scheduled-entry';
import { plainJson } from '../../workflows/domain/json';
import { localParts } from '../../workflows/domain/timing/local-time';
import type { EntrySchedule } from '../../workflows/journeys/graph';
import { inTransaction, type Db } from '../client';
import { lastSeq } from './enroll-many';
import { createJob } from './jobs';
import { findJourney, loadGraph, publishedJourneys } from './journeys';
import { readSettings } from './settings';

/** An entry by schedule of a journey that takes people in. */
export interface ScheduledEntryRow extends ScheduledEntry {
  schedule: EntrySchedule;
  /** Where the schedule names none. */
  zone: string;
  /** Instants from then on are due. */
  since: Date;
}

export async function scheduledEntries(db: Db): Promise<ScheduledEntryRow[]> {
  const zone = (await readSettings(db)).settings.defaultZone;
  return (await publishedJourneys(db)).flatMap(({ key, graph, since }) =>
    graph.entries.flatMap((entry, index) =>
      entry.kind === 'schedule' ? [{ journey: key, index, schedule: entry.schedule, zone, since }] : [],
    ),
  );
}

/**
 * Writes the job of one firing and answers its id, the same one however often it is asked for. Null where the journey
 * does not take people in now, or not by this entry any more.
 */
export async function openScheduledJob(
  db: Db,
  { journey, index, due }: ScheduledEntry & { due: Date },
): Promise<string | null> {
  const found = await findJourney(db, journey);
  if (found?.status !== 'published' || found.publishedId === null) return null;
  const entry = (await loadGraph(db, found.publishedId))?.entries[index];
  if (entry?.kind !== 'schedule') return null;
  const zone = entry.schedule.zone ?? (await readSettings(db)).settings.defaultZone;
  const cause = causeOf({ journey, index }, { schedule: entry.schedule, due, zone });
  return inTransaction(db, async (tx) => {
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${cause}, 0))`;
    const known = await tx.job.findUnique({ where: { cause }, select: { id: true } });
    if (known) return known.id;
    const common = { journey, at: due.getTime(), entry: {}, entryKey: null, perMinute: null };
    const input: EnrollManyInput = { ...common, by: 'schedule', who: entry.who, afterSeq: await lastSeq(tx) };
    const job = await createJob(tx, { kind: 'enroll-many', input: plainJson(input), requestedBy: null });
    await tx.job.update({ where: { id: job.id }, data: { cause } });
    return job.id;
  });
}

/** By local date: an hour that the clock shows twice lets people in once. */
function causeOf(
  { journey, index }: ScheduledEntry,
  { schedule, due, zone }: { schedule: EntrySchedule; due: Date; zone: string },
): string {
  const when = 'once' in schedule ? schedule.once : localParts(due.getTime(), zone).date;
  return `scheduled:${journey}:${index}:${when}`;
}

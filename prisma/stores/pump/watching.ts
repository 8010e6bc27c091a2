import { watchesOf } from '../../../workflows/domain/entries/watch';
import type { EventGroups } from '../../../workflows/domain/events';
import type { Tx } from '../../client';
import { readSegments } from '../saved-segments';
import { readPublished, readVersions } from './journeys';

/** Of a transaction that ends in `watchFromNow`: forgetting who was in a large segment takes its time. */
export const WATCHING = { timeoutMs: 60_000 } as const;
const FORGETTING = '50s';

/**
 * Whoever changes what is watched does it alone: two changes at once could close a circle of segments, or name one that
 * is just deleted, and neither would see it.
 */
export async function lockWatching(tx: Tx): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('segments', 0))`;
}

/**
 * Makes what is watched what is saved and published as of this transaction: new watches, and those with another meaning,
 * begin at this instant with nobody in them. Under `lockWatching`, last of all: events that turn what begins anew wait
 * for the commit.
 */
export async function watchFromNow(tx: Tx, { eventGroups }: { eventGroups: EventGroups }): Promise<void> {
  const published = await readPublished(tx);
  const versions = await readVersions(
    tx,
    published.map(({ versionId }) => versionId),
  );
  const graphs = new Map(versions.map(({ id, graph }) => [id, graph]));
  const journeys = published.flatMap(({ key, versionId }) => {
    const graph = graphs.get(versionId);
    return graph ? [{ key, graph }] : [];
  });
  const watches = watchesOf(journeys, await readSegments(tx, eventGroups));
  const keys = watches.map(({ key }) => key);
  const meanings = watches.map(({ meaning }) => meaning);
  await forgetOthers(tx, { keys, meanings });
  await tx.$executeRaw`
    insert into segment_watch (key, meaning, since)
    select x.key, x.meaning, clock_timestamp() from unnest(${keys}::text[], ${meanings}::text[]) x(key, meaning)
    on conflict (key) do nothing`;
}

async function forgetOthers(tx: Tx, { keys, meanings }: { keys: string[]; meanings: string[] }): Promise<void> {
  // From here on who would turn one of them waits. By key, as everybody takes several.
  const rows = await tx.$queryRaw<{ key: string }[]>`
    select key from segment_watch w where not exists (
      select from unnest(${keys}::text[], ${meanings}::text[]) x(key, meaning)
      where x.key = w.key and x.meaning = w.meaning)
    order by key for update`;
  if (rows.length === 0) return;
  const over = rows.map(({ key }) => key);
  await tx.$executeRaw`delete from segment_watch where key = any(${over}::text[])`;
  await tx.$executeRaw`select set_config('statement_timeout', ${FORGETTING}, true)`;
  await tx.$executeRaw`delete from segment_member where segment_key = any(${over}::text[])`;
}

import { inTransaction, type Db, type Tx } from '../../client';
import { givenTime } from '../../given-time';

/**
 * Counts the people of those watches that may have turned for anybody since they were counted last; each count may take
 * so many milliseconds.
 */
export async function recountWatches(db: Db, withinMs: number): Promise<void> {
  const keys = await inTransaction(db, takeTurned);
  if (keys.length === 0) return;
  const counts = await givenTime(
    db,
    withinMs,
    (tx) =>
      tx.$queryRaw<{ key: string; people: number }[]>`
      select segment_key as key, count(*)::int as people from segment_member
      where segment_key = any(${keys}::text[]) group by segment_key`,
  );
  const people = new Map(counts.map((row) => [row.key, row.people]));
  await db.$executeRaw`
    update segment_watch w set people = x.people, counted_at = clock_timestamp()
    from unnest(${keys}::text[], ${keys.map((key) => people.get(key) ?? 0)}::int[]) x(key, people)
    where w.key = x.key and w.known`;
}

/** Waits for whoever is turning one of them: what they write is counted now, or marks the watch again. */
async function takeTurned(tx: Tx): Promise<string[]> {
  const rows = await tx.$queryRaw<{ key: string }[]>`
    select key from segment_watch where known and recount order by key for update`;
  const keys = rows.map(({ key }) => key);
  await tx.$executeRaw`update segment_watch set recount = false where key = any(${keys}::text[])`;
  return keys;
}

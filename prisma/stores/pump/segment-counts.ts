import { inTransaction, type Db, type Tx } from '../../client';
import { givenTime } from '../../given-time';

/** Keys of the watches that may have turned for anybody since their people were counted last. */
export async function watchesToCount(db: Db): Promise<string[]> {
  const rows = await db.$queryRaw<{ key: string }[]>`
    select key from segment_watch where known and recount order by key`;
  return rows.map(({ key }) => key);
}

/** Counts the people of a watch, which may take so many milliseconds. Where it fails they are to be counted still. */
export async function countWatch(db: Db, key: string, withinMs: number): Promise<void> {
  if (!(await inTransaction(db, (tx) => takeTurned(tx, key)))) return;
  try {
    const [row] = await givenTime(
      db,
      withinMs,
      (tx) => tx.$queryRaw<{ people: number }[]>`
        select count(*)::int as people from segment_member where segment_key = ${key}`,
    );
    await db.$executeRaw`
      update segment_watch set people = ${row?.people ?? 0}::int, counted_at = clock_timestamp()
      where key = ${key} and known`;
  } catch (error) {
    await db.$executeRaw`update segment_watch set recount = true where key = ${key}`;
    throw error;
  }
}

/**
 * Waits for whoever is turning it: what they write is counted now, or marks the watch again. For it alone: whoever
 * turns another one is not to wait too.
 */
async function takeTurned(tx: Tx, key: string): Promise<boolean> {
  const rows = await tx.$queryRaw<object[]>`
    select from segment_watch where key = ${key} and known and recount for update`;
  if (rows.length === 0) return false;
  await tx.$executeRaw`update segment_watch set recount = false where key = ${key}`;
  return true;
}

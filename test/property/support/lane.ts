import { createDb, type Db } from '../../../prisma/client';
import { freshDatabase } from '../../support/database';

/** A database of one's own whose clock is the test's: every `clock_timestamp()` and `now()` of its sessions answers it. */
export interface Lane {
  db: Db;
  url: string;
  setClock(now: number): Promise<void>;
  drop(): Promise<void>;
}

/** One connection, so that the clock is the session's. Rounds run in it one after the other. */
export async function openLane(): Promise<Lane> {
  const { url, db: owner, drop } = await freshDatabase();
  await owner.$executeRawUnsafe('create schema clock');
  for (const name of ['clock_timestamp', 'now']) {
    await owner.$executeRawUnsafe(`
      create function clock.${name}() returns timestamptz language sql stable
      return current_setting('test.clock')::timestamptz`);
  }
  await owner.$executeRawUnsafe('alter table event alter received_at set default clock.clock_timestamp()');
  const options = encodeURIComponent('-c search_path=clock,pg_catalog,public');
  const db = createDb(`${url}?options=${options}`, { poolSize: 1 });
  return {
    db,
    url,
    setClock: async (now) => {
      await db.$queryRaw`select set_config('test.clock', ${new Date(now).toISOString()}, false)`;
    },
    drop: async () => {
      await db.$disconnect();
      await drop();
    },
  };
}

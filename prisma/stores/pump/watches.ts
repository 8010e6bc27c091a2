import type { DbOrTx, Tx } from '../../client';

export interface WatchRow {
  key: string;
  meaning: string;
  since: Date;
  known: boolean;
}

/** The conditions that are watched, as far as the sweep has seen them. */
export function readWatches(db: DbOrTx): Promise<WatchRow[]> {
  return db.$queryRaw<WatchRow[]>`select key, meaning, since, known from segment_watch`;
}

export interface MemberRow {
  contactId: string;
  key: string;
}

/** Which watched conditions hold for these contacts. */
export function readMembers(db: DbOrTx, contactIds: readonly string[]): Promise<MemberRow[]> {
  return db.$queryRaw<MemberRow[]>`
    select contact_id as "contactId", segment_key as key from segment_member
    where contact_id = any(${contactIds}::uuid[])`;
}

export interface TurnRow extends MemberRow {
  holds: boolean;
  /** Epoch milliseconds. */
  at: number;
}

/** Writes how conditions turned, under the contacts' locks; of several turns of one the last stays. */
export async function writeTurns(tx: Tx, turns: readonly TurnRow[]): Promise<void> {
  const last = [...new Map(turns.map((turn) => [`${turn.contactId} ${turn.key}`, turn])).values()];
  const left = last.filter(({ holds }) => !holds);
  const joined = last.filter(({ holds }) => holds);
  if (left.length > 0) {
    await tx.$executeRaw`
      delete from segment_member m
      using unnest(${left.map(({ key }) => key)}::text[], ${left.map(({ contactId }) => contactId)}::uuid[]) x(key, id)
      where m.segment_key = x.key and m.contact_id = x.id`;
  }
  if (joined.length === 0) return;
  await tx.$executeRaw`
    insert into segment_member (segment_key, contact_id, since)
    select * from unnest(${joined.map(({ key }) => key)}::text[], ${joined.map(({ contactId }) => contactId)}::uuid[],
                         ${joined.map(({ at }) => new Date(at))}::timestamptz[])
    on conflict do nothing`;
}

/** Apart from all other advisory locks. */
const SWEEP = 0x53454753;

/** True if this transaction alone now sweeps segments: until it ends, however it ends. */
export async function trySweepLock(tx: Tx): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ mine: boolean }[]>`select pg_try_advisory_xact_lock(${SWEEP}::int, 0) as mine`;
  return row?.mine === true;
}

/**
 * Makes the stored watches those: new ones, and ones with another meaning, begin at `at` with nobody in them. Answers
 * whether anything is new.
 */
export async function syncWatches(
  tx: Tx,
  watches: readonly { key: string; meaning: string }[],
  at: Date,
): Promise<boolean> {
  const keys = watches.map(({ key }) => key);
  const meanings = watches.map(({ meaning }) => meaning);
  const over = await tx.$queryRaw<{ key: string }[]>`
    delete from segment_watch w where not exists (
      select from unnest(${keys}::text[], ${meanings}::text[]) x(key, meaning)
      where x.key = w.key and x.meaning = w.meaning)
    returning key`;
  if (over.length > 0) {
    await tx.$executeRaw`delete from segment_member where segment_key = any(${over.map(({ key }) => key)}::text[])`;
  }
  const begun = await tx.$executeRaw`
    insert into segment_watch (key, meaning, since)
    select x.key, x.meaning, ${at} from unnest(${keys}::text[], ${meanings}::text[]) x(key, meaning)
    on conflict (key) do nothing`;
  return begun > 0;
}

export interface SweepPage {
  contactIds: string[];
  /** Where the next page begins; null at the end of a pass. */
  next: string | null;
}

/** The next contacts of the present pass, and where it then is. */
export async function nextSweepPage(tx: Tx, { limit, at }: { limit: number; at: Date }): Promise<SweepPage> {
  await tx.$executeRaw`insert into segment_sweep (id, began_at) values (1, ${at}) on conflict do nothing`;
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select c.id from contact c
    where c.id > coalesce((select cursor from segment_sweep where id = 1), '00000000-0000-0000-0000-000000000000'::uuid)
      and c.merged_into is null and c.erased_at is null
    order by c.id limit ${limit}::int`;
  const contactIds = rows.map(({ id }) => id);
  return { contactIds, next: rows.length < limit ? null : (contactIds.at(-1) ?? null) };
}

/** Remembers where the pass is. At its end, whatever was watched when it began is known of everybody. */
export async function endSweepPage(tx: Tx, { next, at }: { next: string | null; at: Date }): Promise<void> {
  if (next !== null) {
    await tx.$executeRaw`update segment_sweep set cursor = ${next}::uuid where id = 1`;
    return;
  }
  await tx.$executeRaw`
    update segment_watch set known = true
    where not known and since <= (select began_at from segment_sweep where id = 1)`;
  await tx.$executeRaw`update segment_sweep set cursor = null, began_at = ${at} where id = 1`;
}

/** Begins the pass anew, so that what is new is soon known of everybody. */
export async function restartSweep(tx: Tx, at: Date): Promise<void> {
  await tx.$executeRaw`
    insert into segment_sweep (id, began_at) values (1, ${at})
    on conflict (id) do update set cursor = null, began_at = excluded.began_at`;
}

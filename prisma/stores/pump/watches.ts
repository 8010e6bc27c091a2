import type { DbOrTx, Tx } from '../../client';

export interface WatchRow {
  key: string;
  meaning: string;
  since: Date;
  known: boolean;
  /** Until when those were looked at whose events come over the edge of a period. */
  edgesAt: Date | null;
  /** When everybody was looked at last. */
  lookedAt: Date | null;
}

/** The conditions that are watched, as far as the sweep has seen them. */
export function readWatches(db: DbOrTx): Promise<WatchRow[]> {
  return db.$queryRaw<WatchRow[]>`
    select key, meaning, since, known, edges_at as "edgesAt", looked_at as "lookedAt" from segment_watch`;
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

/** That a watched condition turned. */
export interface TurnRow extends MemberRow {
  holds: boolean;
  /** Epoch milliseconds. */
  at: number;
}

/** Writes how conditions turned, under the locks of contacts and watches; of several turns of one the last stays. */
export async function writeTurns(tx: Tx, turns: readonly TurnRow[]): Promise<void> {
  if (turns.length === 0) return;
  const last = [...new Map(turns.map((turn) => [`${turn.contactId} ${turn.key}`, turn])).values()];
  const left = last.filter(({ holds }) => !holds);
  const joined = last.filter(({ holds }) => holds);
  if (left.length > 0) {
    await tx.$executeRaw`
      delete from segment_member m
      using unnest(${left.map(({ key }) => key)}::text[], ${left.map(({ contactId }) => contactId)}::uuid[]) x(key, id)
      where m.segment_key = x.key and m.contact_id = x.id`;
  }
  if (joined.length > 0) await join(tx, joined);
  await tx.$executeRaw`
    update segment_watch set recount = true
    where key in (
      select key from segment_watch where key = any(${[...new Set(last.map(({ key }) => key))]}::text[]) and not recount
      order by key for no key update)`;
}

async function join(tx: Tx, joined: readonly TurnRow[]): Promise<void> {
  await tx.$executeRaw`
    insert into segment_member (segment_key, contact_id, since)
    select * from unnest(${joined.map(({ key }) => key)}::text[], ${joined.map(({ contactId }) => contactId)}::uuid[],
                         ${joined.map(({ at }) => new Date(at))}::timestamptz[])
    on conflict do nothing`;
}

type WatchId = Pick<WatchRow, 'key' | 'meaning'>;

/** Keeps others from beginning the watch anew; false where somebody has. */
export async function keepWatch(tx: Tx, { key, meaning }: WatchId): Promise<boolean> {
  const rows = await tx.$queryRaw<object[]>`
    select key from segment_watch where key = ${key} and meaning = ${meaning} for key share`;
  return rows.length > 0;
}

/** The same for several of them: the keys of those that nobody has begun anew. */
export async function keepWatches(tx: Tx, watches: readonly WatchId[]): Promise<Set<string>> {
  const rows = await tx.$queryRaw<{ key: string }[]>`
    select w.key from segment_watch w
    join unnest(${watches.map(({ key }) => key)}::text[], ${watches.map(({ meaning }) => meaning)}::text[]) x(key, meaning)
      on x.key = w.key and x.meaning = w.meaning
    order by w.key for key share of w`;
  return new Set(rows.map(({ key }) => key));
}

/** Keeps others from beginning anew whatever holds for any of these contacts. */
export async function keepWatchesOf(tx: Tx, contactIds: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    select key from segment_watch
    where key in (select segment_key from segment_member where contact_id = any(${contactIds}::uuid[]))
    order by key for key share`;
}

/** Everybody has been looked at, as of the watch's beginning: from then on turns are found. */
export async function markKnown(db: DbOrTx, { key, meaning }: WatchId): Promise<void> {
  await db.$executeRaw`
    update segment_watch set known = true, edges_at = since, recount = true
    where key = ${key} and meaning = ${meaning}`;
}

export async function markEdges(db: DbOrTx, { key, meaning }: WatchId, at: Date): Promise<void> {
  await db.$executeRaw`update segment_watch set edges_at = ${at} where key = ${key} and meaning = ${meaning}`;
}

/** Its people are counted again too: merges and erasures tell nobody. */
export async function markLooked(db: DbOrTx, { key, meaning }: WatchId, at: Date): Promise<void> {
  await db.$executeRaw`
    update segment_watch set looked_at = ${at}, recount = true where key = ${key} and meaning = ${meaning}`;
}

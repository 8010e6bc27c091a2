import type { DbOrTx, Tx } from '../../client';

export interface WatchRow {
  key: string;
  since: Date;
  known: boolean;
}

/** The conditions that are watched, as far as the sweep has seen them. */
export function readWatches(db: DbOrTx): Promise<WatchRow[]> {
  return db.$queryRaw<WatchRow[]>`select key, since, known from segment_watch`;
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

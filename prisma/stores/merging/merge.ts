import type { Db, Tx } from '../../client';
import { lockContacts } from '../pump/contacts';
import { inJoin } from './in-join';
import { joinContacts } from './join';
import { findMerge, type MergeRecord } from './record';
import { tellOfMerges } from './tell';

export interface MergeRequest {
  /** The record that stays … */
  stays: string;
  /** … and the one that goes. Either may have been joined before: then it is the one that it leads to. */
  goes: string;
  by: 'hand' | 'rule';
  reason: string;
  requestedBy: string | null;
  at: Date;
  /** Asked under both locks, of the two as they are: a reason not to, or null. */
  unless?: (tx: Tx, pair: { stays: string; goes: string }) => Promise<string | null>;
}

export type Merged =
  | { kind: 'merged'; merge: MergeRecord }
  /** They are one already, and have been since then. */
  | { kind: 'same'; merge: MergeRecord }
  | { kind: 'refused'; reason: string }
  | { kind: 'missing'; which: 'stays' | 'goes' };

/**
 * Makes two records of one person one, in one transaction under the locks of both: PROTOCOL rules 27 to 31. Asked again it
 * changes nothing.
 */
export function mergeContacts(db: Db, request: MergeRequest): Promise<Merged> {
  return inJoin(db, (tx) => mergeUnderLocks(tx, request));
}

export async function mergeUnderLocks(tx: Tx, request: MergeRequest): Promise<Merged> {
  const locked = await lockBoth(tx, request);
  if (locked.kind !== 'two') return locked;
  const { stays, goes } = locked;
  const reason = (await request.unless?.(tx, { stays, goes })) ?? null;
  if (reason !== null) return { kind: 'refused', reason };
  const { by, at, requestedBy } = request;
  const joined = await joinContacts(tx, [{ from: goes, into: stays, by, reason: request.reason, requestedBy }], at);
  await tellOfMerges(
    tx,
    joined.map((one) => ({ ...one, by, cause: one.id, hops: 1 })),
  );
  return { kind: 'merged', merge: await mergeOf(tx, { goes, stays }) };
}

async function mergeOf(tx: Tx, { goes, stays }: Pick<MergeRequest, 'goes' | 'stays'>): Promise<MergeRecord> {
  const merge = (await findMerge(tx, goes)) ?? (await findMerge(tx, stays));
  if (!merge) throw new Error('whoever is joined has a record of it');
  return merge;
}

type Locked = { kind: 'two'; stays: string; goes: string } | Extract<Merged, { kind: 'same' | 'missing' }>;

/** Both, and whoever leads to the one that goes, by id. Who turns out to be somebody else meanwhile is looked for again. */
async function lockBoth(tx: Tx, request: MergeRequest): Promise<Locked> {
  for (;;) {
    await tx.$executeRaw`savepoint merging`;
    const found = await present(tx, request);
    if (found.stays === undefined) return { kind: 'missing', which: 'stays' };
    if (found.goes === undefined) return { kind: 'missing', which: 'goes' };
    if (found.stays === found.goes) return { kind: 'same', merge: await mergeOf(tx, request) };
    const leading = await leadingTo(tx, found.goes);
    await lockContacts(tx, [found.stays, found.goes, ...leading]);
    const now = await present(tx, request);
    const others = await leadingTo(tx, found.goes);
    if (now.stays === found.stays && now.goes === found.goes && others.every((id) => leading.includes(id)))
      return { kind: 'two', stays: found.stays, goes: found.goes };
    await tx.$executeRaw`rollback to savepoint merging`;
  }
}

/** Whom the two ids stand for now; an erased contact is nobody. */
async function present(tx: Tx, { stays, goes }: MergeRequest): Promise<{ stays?: string; goes?: string }> {
  const rows = await tx.$queryRaw<{ asked: string; id: string }[]>`
    select c.id as asked, p.id from contact c join contact p on p.id = coalesce(c.merged_into, c.id)
    where c.id in (${stays}::uuid, ${goes}::uuid) and p.erased_at is null and p.merged_into is null`;
  const ids = new Map(rows.map(({ asked, id }) => [asked, id]));
  return { ...(ids.has(stays) && { stays: ids.get(stays) }), ...(ids.has(goes) && { goes: ids.get(goes) }) };
}

async function leadingTo(tx: Tx, id: string): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`select id from contact where merged_into = ${id}::uuid`;
  return rows.map((row) => row.id);
}

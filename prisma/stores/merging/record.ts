import { v7 } from 'uuid';
import type { MergedProfile } from '../../../workflows/domain/merging/profile';
import type { JsonObject } from '../../../workflows/domain/json';
import type { DbOrTx, Tx } from '../../client';
import type { Joining } from './joining';

/** Two records that were made one. */
export interface MergeRecord {
  id: string;
  from: string;
  into: string;
  by: Joining['by'];
  reason: string;
  /** What the record that went held, where the one that stayed held something else. */
  kept: JsonObject;
  requestedBy: string | null;
  at: Date;
}

/** Answers their ids, in the order of the joins. */
export async function recordMerges(
  tx: Tx,
  joins: readonly Joining[],
  { profiles, at }: { profiles: readonly MergedProfile[]; at: Date },
): Promise<string[]> {
  const data = joins.map(({ from, into, by, reason, requestedBy = null }, i) => {
    const kept = profiles[i]?.kept ?? {};
    return { id: v7(), fromId: from, intoId: into, by, reason, kept, requestedBy, at };
  });
  await tx.contactMerge.createMany({ data });
  return data.map(({ id }) => id);
}

/** How a record came to be another; null while it is its own. */
export async function findMerge(db: DbOrTx, from: string): Promise<MergeRecord | null> {
  const row = await db.contactMerge.findFirst({ where: { fromId: from }, orderBy: { id: 'desc' } });
  return row && mergeOf(row);
}

/** What was made one with this contact, newest first, below the id `after`: also what had been made one with those before. */
export async function listMerges(
  db: DbOrTx,
  contactId: string,
  { after, limit }: { after: string | null; limit: number },
): Promise<MergeRecord[]> {
  const gone = await db.contact.findMany({ where: { mergedInto: contactId }, select: { id: true } });
  const rows = await db.contactMerge.findMany({
    where: { fromId: { in: gone.map(({ id }) => id) }, ...(after !== null && { id: { lt: after } }) },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map(mergeOf);
}

type Row = Awaited<ReturnType<DbOrTx['contactMerge']['findUniqueOrThrow']>>;

function mergeOf({ fromId, intoId, by, kept, ...row }: Row): MergeRecord {
  // Checked by the database, and an object written by us.
  return { ...row, from: fromId, into: intoId, by: by as MergeRecord['by'], kept: kept as JsonObject };
}

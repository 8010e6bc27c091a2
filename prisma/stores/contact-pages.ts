import type { DbOrTx } from '../client';

export interface ContactPage {
  ids: string[];
  /** Where the next page begins; null after the last. */
  next: string | null;
}

/** Who is somebody: neither joined into another nor erased. */
const living = { mergedInto: null, erasedAt: null };

export function countContacts(db: DbOrTx): Promise<number> {
  return db.contact.count({ where: living });
}

/** The next contacts by id. */
export async function nextContacts(db: DbOrTx, after: string | null, limit: number): Promise<ContactPage> {
  const rows = await db.contact.findMany({
    where: { ...living, ...(after !== null && { id: { gt: after } }) },
    select: { id: true },
    orderBy: { id: 'asc' },
    take: limit,
  });
  const ids = rows.map(({ id }) => id);
  return { ids, next: ids.length < limit ? null : (ids.at(-1) ?? null) };
}

/** Those of them who were neither merged nor erased meanwhile, in order. */
export async function stillThere(db: DbOrTx, ids: readonly string[]): Promise<string[]> {
  const rows = await db.contact.findMany({
    where: { id: { in: [...ids] }, mergedInto: null, erasedAt: null },
    select: { id: true },
    orderBy: { id: 'asc' },
  });
  return rows.map(({ id }) => id);
}

import type { DbOrTx } from '../client';

export interface ContactPage {
  ids: string[];
  /** Where the next page begins; null after the last. */
  next: string | null;
}

/** The next contacts by id. */
export async function nextContacts(db: DbOrTx, after: string | null, limit: number): Promise<ContactPage> {
  const rows = await db.contact.findMany({
    where: { mergedInto: null, erasedAt: null, ...(after !== null && { id: { gt: after } }) },
    select: { id: true },
    orderBy: { id: 'asc' },
    take: limit,
  });
  const ids = rows.map(({ id }) => id);
  return { ids, next: ids.length < limit ? null : (ids.at(-1) ?? null) };
}

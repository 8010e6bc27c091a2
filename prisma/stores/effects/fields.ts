import type { Json } from '../../../workflows/domain/json';
import type { DbOrTx } from '../../client';

const hidden = new Set(['id', 'lastTurn', 'createdAt', 'updatedAt', 'erasedAt', 'mergedInto']);

/** A contact's standard fields by name, null where empty, and `traits` among them. */
export async function readFields(tx: DbOrTx, contactId: string): Promise<Record<string, Json>> {
  const row = await tx.contact.findUniqueOrThrow({ where: { id: contactId } });
  // Dates and turns are hidden, so what is left is text, booleans and the JSON of traits.
  return Object.fromEntries(Object.entries(row).filter(([name]) => !hidden.has(name))) as Record<string, Json>;
}

import type { Json } from '../../../workflows/domain/json';
import type { DbOrTx } from '../../client';

const hidden = new Set(['id', 'lastTurn', 'createdAt', 'updatedAt', 'erasedAt', 'mergedInto']);

/** A contact's standard fields by name, null where empty, and `traits` among them. */
export async function readFields(tx: DbOrTx, contactId: string): Promise<Record<string, Json>> {
  return fieldsOf(await tx.contact.findUniqueOrThrow({ where: { id: contactId } }));
}

/** The same of many, by id. */
export async function readManyFields(
  db: DbOrTx,
  contactIds: readonly string[],
): Promise<Map<string, Record<string, Json>>> {
  const rows = await db.contact.findMany({ where: { id: { in: [...contactIds] } } });
  return new Map(rows.map((row) => [row.id, fieldsOf(row)]));
}

function fieldsOf(row: object): Record<string, Json> {
  // Dates and turns are hidden, so what is left is text, booleans and the JSON of traits.
  return Object.fromEntries(Object.entries(row).filter(([name]) => !hidden.has(name)));
}

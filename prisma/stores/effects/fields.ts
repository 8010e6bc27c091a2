import type { Json } from '../../../workflows/domain/json';
import type { Origins } from '../../../workflows/domain/people/origins';
import type { DbOrTx } from '../../client';

const hidden = new Set(['id', 'lastTurn', 'createdAt', 'updatedAt', 'erasedAt', 'mergedInto', 'origins', 'companyId']);

/** A contact's standard fields by name, null where empty, and `traits` among them. */
export async function readFields(tx: DbOrTx, contactId: string): Promise<Record<string, Json>> {
  return fieldsOf(await tx.contact.findUniqueOrThrow({ where: { id: contactId } }));
}

/** The same with where values came from. */
export async function readPerson(
  tx: DbOrTx,
  contactId: string,
): Promise<{ fields: Record<string, Json>; origins: Origins }> {
  const row = await tx.contact.findUniqueOrThrow({ where: { id: contactId } });
  return { fields: fieldsOf(row), origins: row.origins as Origins }; // written by us, of this shape
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

import type { Json } from '../../workflows/domain/json';
import type { DbOrTx } from '../client';
import { readFields } from './effects/fields';

/** A contact's fields for a preview; null if there is no such contact. */
export async function contactScope(db: DbOrTx, contactId: string): Promise<Record<string, Json> | null> {
  const known = await db.contact.findUnique({ where: { id: contactId }, select: { id: true } });
  return known && readFields(db, contactId);
}

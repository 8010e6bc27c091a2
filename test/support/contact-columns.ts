import type { DbOrTx } from '../../prisma/client';

export interface UuidColumn {
  table: string;
  column: string;
}

/** Columns that may name a record that was joined into another: they say what was, or who was asked for. */
const mayName: readonly string[] = [
  'contact.id',
  'contact_merge.from_id',
  'contact_merge.into_id',
  'job_contact.contact_id',
  // Sends are no contacts; the property tests' fixture has links without one, named as their contact.
  'unsubscribe_link.send_id',
  'event.send_id',
];

/** Every column that could name a contact: of type uuid, in any table that there is. */
export async function uuidColumns(db: DbOrTx): Promise<UuidColumn[]> {
  const rows = await db.$queryRaw<UuidColumn[]>`
    select table_name as "table", column_name as "column" from information_schema.columns
    where table_schema = 'public' and data_type = 'uuid' order by 1, 2`;
  return rows.filter(({ table, column }) => !mayName.includes(`${table}.${column}`));
}

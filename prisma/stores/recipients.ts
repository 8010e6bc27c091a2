import type { Db } from '../client';

/** Whom these sends went to, by send; without those who were erased. */
export async function readRecipients(db: Db, sendIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.$queryRaw<{ sendId: string; contactId: string }[]>`
    select s.id as "sendId", c.id as "contactId"
    from send s join contact c on c.id = s.contact_id and c.erased_at is null
    where s.id = any(${[...sendIds]}::uuid[])`;
  return new Map(rows.map(({ sendId, contactId }) => [sendId, contactId]));
}

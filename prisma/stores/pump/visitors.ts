import type { DbOrTx } from '../../client';

/** Whoever does more than this is no person: a program, a kiosk, an id that many browsers share. */
const MOST_EVENTS = 20_000;

/** Those of these contacts who have done so much that no person did it. */
export async function readCrowds(db: DbOrTx, contactIds: readonly string[]): Promise<Set<string>> {
  if (contactIds.length === 0) return new Set();
  const rows = await db.$queryRaw<{ id: string }[]>`
    select c.id from unnest(${contactIds}::uuid[]) c(id)
    where (select count(*) from (select from event e where e.contact_id = c.id limit ${MOST_EVENTS + 1}::int) x) > ${MOST_EVENTS}::int`;
  return new Set(rows.map(({ id }) => id));
}

/** Of these browsers (`anonymous:<id>`) with their contacts: those that came by a link in a mail to that contact. */
export async function readRecognised(
  db: DbOrTx,
  browsers: readonly { key: string; contactId: string }[],
): Promise<Set<string>> {
  if (browsers.length === 0) return new Set();
  const rows = await db.$queryRaw<{ key: string }[]>`
    select b.key from unnest(${browsers.map(({ key }) => key)}::text[],
                             ${browsers.map(({ contactId }) => contactId)}::uuid[]) b(key, contact_id)
    where exists (select from event e where e.contact_id = b.contact_id and e.type = 'contact.recognised'
      and e.origin = 'visit' and e.keys @> array[b.key])`;
  return new Set(rows.map(({ key }) => key));
}

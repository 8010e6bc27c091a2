import type { DbOrTx, Tx } from '../../client';

/** Whose key this is. */
export interface Owner {
  key: string;
  contactId: string;
  /** Has a user id or an address, not only anonymous ids. */
  known: boolean;
  hasUser: boolean;
}

/** In the one form in which keys are written; anything else names nobody. */
const contactKey = /^contact:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** The owners of those keys that have one; `contact:<id>` owns itself, or is owned by whom it was joined with. */
export async function readOwners(db: DbOrTx, keys: readonly string[]): Promise<Map<string, Owner>> {
  const contacts = keys.flatMap((key) => contactKey.exec(key)?.[1] ?? []);
  const others = keys.filter((key) => !key.startsWith('contact:')).map(splitKey);
  const rows = await db.$queryRaw<Owner[]>`
    with found as (
      select k.kind || ':' || k.value as key, i.contact_id
      from unnest(${others.map(([kind]) => kind)}::text[], ${others.map(([, value]) => value)}::text[]) k(kind, value)
      join contact_identity i on i.kind = k.kind and i.value = k.value
      union all
      select 'contact:' || c.id, coalesce(c.merged_into, c.id)
      from unnest(${contacts}::uuid[]) k(id) join contact c on c.id = k.id)
    select f.key, f.contact_id as "contactId",
           coalesce(bool_or(i.kind in ('user', 'email')), false) as known,
           coalesce(bool_or(i.kind = 'user'), false) as "hasUser"
    from found f left join contact_identity i on i.contact_id = f.contact_id
    group by f.key, f.contact_id`;
  return new Map(rows.map((row) => [row.key, row]));
}

export interface NewContact {
  id: string;
  /** The event it was first seen by. */
  seq: bigint;
}

export async function insertContacts(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.$executeRaw`insert into contact (id, settled) select id, true from unnest(${ids}::uuid[]) x(id)`;
}

/** Gives keys to contacts, in sorted order; answers how many belonged to nobody before. */
export function insertIdentities(tx: Tx, rows: readonly { key: string; contactId: string }[]): Promise<number> {
  const split = rows.map(({ key }) => splitKey(key));
  return tx.$executeRaw`
    insert into contact_identity (kind, value, contact_id)
    select * from unnest(${split.map(([kind]) => kind)}::text[], ${split.map(([, value]) => value)}::text[],
                         ${rows.map(({ contactId }) => contactId)}::uuid[]) as x(kind, value, contact_id)
    order by kind collate "C", value collate "C"
    on conflict (kind, value) do nothing`;
}

/** `user:a:b` is the user `a:b`. */
function splitKey(key: string): [kind: string, value: string] {
  const colon = key.indexOf(':');
  return [key.slice(0, colon), key.slice(colon + 1)];
}

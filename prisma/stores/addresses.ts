import type { Tx } from '../client';
import { Prisma } from '../generated/client';

/** What everybody locks an address by: spelled otherwise somewhere, a begin would pass an opt-out. */
export function addressLock(hash: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`hashtextextended('address:' || ${hash}, 0)`;
}

/** The lock of a sender: many begins at once, none beside an opt-out. Contacts are locked before it. */
export async function lockAddressShared(tx: Tx, hash: string): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock_shared(${addressLock(Prisma.sql`${hash}`)})`;
}

/** The locks of whoever writes or ends an opt-out, sorted; a begin waits for it. Contacts are locked before it. */
export async function lockAddresses(tx: Tx, hashes: Iterable<string>): Promise<void> {
  // One statement each: the order of locks within one is the planner's.
  for (const hash of [...new Set(hashes)].sort())
    await tx.$executeRaw`select pg_advisory_xact_lock(${addressLock(Prisma.sql`${hash}`)})`;
}

/** Every address and number of people, who are rows of `people` by `id`: `person`, `channel`, `hash`. */
export function addressesSql(people: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    select i.contact_id as person, 'email' as channel, address_hash(i.value) as hash
    from ${people} p join contact_identity i on i.contact_id = p.id and i.kind = 'email'
    union
    select c.id, 'email', address_hash(c.email) from ${people} p join contact c on c.id = p.id where c.email is not null
    union
    select c.id, 'sms', address_hash(c.phone) from ${people} p join contact c on c.id = p.id where c.phone is not null`;
}

/** `personKey` in SQL. */
export function personKeySql(contactId: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`('person:' || ${contactId})`;
}

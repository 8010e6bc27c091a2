import { roleNames, STALE_DAYS, type HygieneKey } from '../../../workflows/domain/people/hygiene';
import { eventGroups } from '../../../workflows/domain/events';
import type { DbOrTx } from '../../client';
import { Prisma } from '../../generated/client';
import { kindsOfDomains, ofNoDomain, type DomainKinds } from './domain-kinds';

/** What the checks go by beside the contact `c`. */
interface Ground extends DomainKinds {
  at: Date;
}

const host = Prisma.sql`split_part(c.email, '@', 2)`;

/** Conditions over the contact `c`. They hold for a scan over all contacts, each by itself. */
const conditions: { [key in HygieneKey]: (ground: Ground) => Prisma.Sql } = {
  'hard-bounced': () => Prisma.sql`c.id in (
    select k.id from suppression s join contact k on address_hash(k.email) = s.address_hash
    where s.channel = 'email' and s.reason = 'bounced' and k.email is not null)`,
  'invalid-address': () => Prisma.sql`c.email !~ '^[^\\s@<>",;:\\\\()[\\]]{1,64}@[a-z0-9-]+(\\.[a-z0-9-]+)+$'`,
  disposable: ({ disposable }) => Prisma.sql`${ofNoDomain} and ${host} = any(${disposable}::text[])`,
  'webmail-with-company': ({ webmail }) =>
    Prisma.sql`c.company is not null and c.company_id is null and ${host} = any(${webmail}::text[])`,
  'role-address': () => Prisma.sql`split_part(c.email, '@', 1) = any(${roleNames}::text[])`,
  'unknown-country': () => Prisma.sql`(c.country !~ '^[A-Z]{2}$' or c.origins->'country' ? 'unclear')`,
  'no-country': () => Prisma.sql`c.country is null`,
  unclear: () => Prisma.sql`c.origins <> '{}' and jsonb_path_exists(c.origins, '$.*.unclear')`,
  'unread-title': () => Prisma.sql`c.job_title is not null and c.seniority is null and c.department is null`,
  'no-company': ({ webmail, disposable }) => Prisma.sql`c.company_id is null and c.email is not null
    and not ${host} = any(${webmail}::text[]) and not ${host} = any(${disposable}::text[])`,
  'no-name': () => Prisma.sql`c.email is not null and c.first_name is null and c.last_name is null`,
  stale: ({ at }) => {
    const since = new Date(at.getTime() - STALE_DAYS * 86_400_000);
    const types = [...new Set(Object.values(eventGroups).flat())];
    return Prisma.sql`c.created_at < ${since} and not exists (
      select from event e where e.contact_id = c.id and e.received_at >= ${since} and e.type = any(${types}::text[]))`;
  },
};

const living = Prisma.sql`c.merged_into is null and c.erased_at is null`;

/** These alone ask what kind of domain an address is at. */
const askKinds: readonly HygieneKey[] = ['disposable', 'webmail-with-company', 'no-company'];

async function groundOf(db: DbOrTx, key: HygieneKey, at: Date): Promise<Ground> {
  return { ...(askKinds.includes(key) ? await kindsOfDomains(db) : { webmail: [], disposable: [] }), at };
}

/** How many contacts a check finds. */
export async function countFindings(db: DbOrTx, key: HygieneKey, at: Date): Promise<number> {
  const condition = conditions[key](await groundOf(db, key, at));
  const [row] = await db.$queryRaw<{ count: number }[]>`
    select count(*)::int as count from contact c where ${living} and ${condition}`;
  return row?.count ?? 0;
}

/** Contacts that a check finds, by id, above the id `after`. */
export async function findContactsBy(
  db: DbOrTx,
  key: HygieneKey,
  { after, limit, at }: { after: string | null; limit: number; at: Date },
): Promise<string[]> {
  const condition = conditions[key](await groundOf(db, key, at));
  const rows = await db.$queryRaw<{ id: string }[]>`
    select c.id from contact c
    where ${living} and ${after === null ? Prisma.sql`true` : Prisma.sql`c.id > ${after}::uuid`} and ${condition}
    order by c.id limit ${limit}::int`;
  return rows.map(({ id }) => id);
}

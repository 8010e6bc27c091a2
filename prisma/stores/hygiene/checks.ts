import { isDisposable, isWebmail } from '../../../workflows/domain/people/company-domain';
import { roleNames, STALE_DAYS, type HygieneKey } from '../../../workflows/domain/people/hygiene';
import { eventGroups } from '../../../workflows/domain/events';
import type { DbOrTx } from '../../client';
import { Prisma } from '../../generated/client';

/** What the checks go by beside the contact `c`. */
interface Ground {
  /** Of all domains that contacts have, those that are of one kind. */
  webmail: string[];
  disposable: string[];
  at: Date;
}

const host = Prisma.sql`split_part(c.email, '@', 2)`;
const hash = Prisma.sql`encode(sha256(convert_to(c.email, 'UTF8')), 'hex')`;

/** Conditions over the contact `c`. They hold for a scan over all contacts, each by itself. */
const conditions: { [key in HygieneKey]: (ground: Ground) => Prisma.Sql } = {
  'hard-bounced': () => Prisma.sql`c.email is not null and ${hash} in (
    select address_hash from suppression where channel = 'email' and reason = 'bounced')`,
  'invalid-address': () => Prisma.sql`c.email !~ '^[^\\s@<>",;:\\\\()[\\]]{1,64}@[a-z0-9-]+(\\.[a-z0-9-]+)+$'`,
  disposable: ({ disposable }) => Prisma.sql`${host} = any(${disposable}::text[])`,
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

export async function groundOf(db: DbOrTx, at: Date): Promise<Ground> {
  const rows = await db.$queryRaw<{ domain: string }[]>`
    select distinct split_part(email, '@', 2) as domain from contact where email is not null`;
  const domains = rows.map(({ domain }) => domain);
  return { webmail: domains.filter(isWebmail), disposable: domains.filter(isDisposable), at };
}

/** How many contacts each check finds. */
export async function countFindings(
  db: DbOrTx,
  keys: readonly HygieneKey[],
  at: Date,
): Promise<Map<HygieneKey, number>> {
  const ground = await groundOf(db, at);
  const counted = keys.map((key) => Prisma.sql`count(*) filter (where ${conditions[key](ground)})::int`);
  const [row] = await db.$queryRaw<{ counts: number[] }[]>`
    select array[${Prisma.join(counted)}] as counts from contact c where ${living}`;
  return new Map(keys.map((key, i) => [key, row?.counts[i] ?? 0]));
}

/** Contacts that a check finds, by id, above the id `after`. */
export async function findContactsBy(
  db: DbOrTx,
  key: HygieneKey,
  { after, limit, at }: { after: string | null; limit: number; at: Date },
): Promise<string[]> {
  const condition = conditions[key](await groundOf(db, at));
  const rows = await db.$queryRaw<{ id: string }[]>`
    select c.id from contact c
    where ${living} and ${after === null ? Prisma.sql`true` : Prisma.sql`c.id > ${after}::uuid`} and ${condition}
    order by c.id limit ${limit}::int`;
  return rows.map(({ id }) => id);
}

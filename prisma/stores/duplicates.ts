import {
  duplicatesOf,
  pairOf,
  refusalOf,
  type Candidate,
  type Duplicates,
} from '../../workflows/domain/merging/duplicates';
import { inTransaction, type Db, type DbOrTx, type Tx } from '../client';
import { Prisma } from '../generated/client';

/** How two records come to look like one person. */
export const duplicateRules = {
  email: 'The same mailbox: plus tags, and the dots and the two names of Gmail, make no other one.',
  phone: 'The same phone number.',
  'name-and-company': 'The same name at the same company, its legal form left out.',
  'named-together': 'One of your servers named both in one call.',
} as const;
export type DuplicateRule = keyof typeof duplicateRules;

/** Equal values are what the rule looks for; the conditions are those of the indexes. */
const looks = {
  email: { key: Prisma.sql`nurture_mailbox(c.email)`, has: Prisma.sql`octet_length(c.email) <= 320` },
  phone: { key: Prisma.sql`c.phone`, has: Prisma.sql`c.phone is not null` },
  'name-and-company': {
    key: Prisma.sql`nurture_person(c.first_name, c.last_name, c.company)`,
    has: Prisma.sql`octet_length(c.first_name || c.last_name || c.company) <= 500`,
  },
} satisfies Partial<Record<DuplicateRule, { key: Prisma.Sql; has: Prisma.Sql }>>;

export interface DuplicateRecord extends Candidate {
  email: string | null;
  phone: string | null;
  firstName: string | null;
  lastName: string | null;
  company: string | null;
  createdAt: Date;
}

export interface DuplicatePage {
  groups: Duplicates<DuplicateRecord>[];
  /** Of groups too large to be looked at whole: how many records were left out. */
  leftOut: number;
  /** Where the next page starts; null after the last. */
  next: string | null;
}

/** Of one group no more are shown and judged: so many records have a number that is nobody's. */
const MEMBERS = 50;
/** How many of the latest events that name two people are looked at. */
const CONFLICTS = 10_000;
/** Of how many of the latest files refused rows are looked at. */
const FILES = 100;
/** A whole index is read: with millions of contacts that is longer than other statements take. */
const TIMEOUT_MS = 30_000;

/** Groups of records that look the same, those with the newest record first, below the id `after`. */
export function findDuplicates(
  db: Db,
  rule: DuplicateRule,
  { after, limit }: { after: string | null; limit: number },
): Promise<DuplicatePage> {
  return inTransaction(
    db,
    async (tx) => {
      await tx.$executeRawUnsafe(`set local statement_timeout = ${TIMEOUT_MS}`);
      const found = await readGroups(tx, rule, { after, limit: limit + 1 });
      const page = found.slice(0, limit);
      const next = found.length > limit ? (page.at(-1)?.newest ?? null) : null;
      const groups = await judged(
        tx,
        page.map(({ ids }) => ids),
      );
      return { groups, leftOut: page.reduce((sum, { size, ids }) => sum + size - ids.length, 0), next };
    },
    { timeoutMs: TIMEOUT_MS },
  );
}

interface Group {
  newest: string;
  /** The oldest of them. */
  ids: string[];
  /** How many there are. */
  size: number;
}

function readGroups(tx: Tx, rule: DuplicateRule, page: { after: string | null; limit: number }): Promise<Group[]> {
  return rule === 'named-together' ? readNamedTogether(tx, page) : readAlike(tx, rule, page);
}

function readAlike(
  tx: Tx,
  rule: keyof typeof looks,
  { after, limit }: { after: string | null; limit: number },
): Promise<Group[]> {
  const { key, has } = looks[rule];
  // A subquery for each key: a join would compute the keys of all contacts.
  return tx.$queryRaw<Group[]>`
    with same as materialized (
        select ${key} as key, count(*)::int as size from contact c where ${has} group by 1 having count(*) > 1),
      groups as (
        select s.key, s.size, (select max(c.id::text)::uuid from contact c where ${key} = s.key and ${has}) as newest from same s)
    select g.newest, g.size, array(
      select c.id from contact c where ${key} = g.key and ${has} order by c.id limit ${MEMBERS}::int) as ids
    from groups g where ${after}::uuid is null or g.newest < ${after}::uuid
    order by g.newest desc limit ${limit}::int`;
}

function readNamedTogether(tx: Tx, { after, limit }: { after: string | null; limit: number }): Promise<Group[]> {
  return tx.$queryRaw<Group[]>`
    with named as (
        select e.contact_id, x.other::uuid as other
        from (select contact_id, context from event
              where context ? 'conflict' and not from_browser and origin <> 'visit' and contact_id is not null
              order by seq desc limit ${CONFLICTS}::int) e
        cross join lateral jsonb_array_elements_text(e.context->'conflict'->'contacts') x(other)
        union all
        select (x.pair->>0)::uuid, (x.pair->>1)::uuid
        from (select result from job where kind = 'import' and result ? 'twoPeople' order by id desc limit ${FILES}::int) j
        cross join lateral jsonb_array_elements(j.result->'twoPeople') x(pair)),
      pairs as (
        select distinct least(a.id, b.id) as a, greatest(a.id, b.id) as b
        from named n
        join contact m on m.id = n.contact_id join contact a on a.id = coalesce(m.merged_into, m.id)
        join contact o on o.id = n.other join contact b on b.id = coalesce(o.merged_into, o.id)
        where a.id <> b.id and a.erased_at is null and b.erased_at is null)
    select b as newest, count(*)::int + 1 as size, array_prepend(b, (array_agg(a order by a))[1:${MEMBERS - 1}::int]) as ids
    from pairs
    where ${after}::uuid is null or b < ${after}::uuid
    group by b order by b desc limit ${limit}::int`;
}

async function judged(tx: DbOrTx, groups: readonly string[][]): Promise<Duplicates<DuplicateRecord>[]> {
  const ids = groups.flat();
  const records = new Map((await readRecords(tx, ids)).map((record) => [record.id, record]));
  const rows = await tx.distinctPeople.findMany({ where: { aId: { in: ids }, bId: { in: ids } } });
  const distinct = new Set(rows.map(({ aId, bId }) => pairOf(aId, bId)));
  return groups.flatMap((group) =>
    duplicatesOf(
      group.flatMap((id) => records.get(id) ?? []),
      distinct,
    ),
  );
}

function readRecords(tx: DbOrTx, ids: readonly string[]): Promise<DuplicateRecord[]> {
  return tx.$queryRaw<DuplicateRecord[]>`
    select c.id, c.email, c.phone, c.first_name as "firstName", c.last_name as "lastName", c.company,
      c.created_at as "createdAt", nurture_words(c.first_name || ' ' || c.last_name) as name,
      jsonb_build_object('first', nurture_words(c.first_name), 'last', nurture_words(c.last_name)) as names,
      exists (select 1 from contact_identity i where i.contact_id = c.id and i.kind = 'user') as "hasUser"
    from contact c where c.id = any(${ids}::uuid[])`;
}

/** Why a rule does not make one of these two, as they are under the caller's locks; null if it does. */
export async function refusalNow(
  tx: Tx,
  rule: keyof typeof looks,
  pair: { stays: string; goes: string },
): Promise<string | null> {
  const { key, has } = looks[rule];
  const [alike] = await tx.$queryRaw<{ same: boolean }[]>`
    select count(distinct ${key}) = 1 and count(*) = 2 as same from contact c
    where ${has} and c.id in (${pair.stays}::uuid, ${pair.goes}::uuid)`;
  const records = await readRecords(tx, [pair.stays, pair.goes]);
  const distinct = await tx.distinctPeople.count({ where: distinctOf(pair.stays, pair.goes) });
  const [a, b] = records;
  if (!alike?.same || !a || !b) return 'They are not alike any more.';
  return distinct > 0 ? 'Somebody said that they are two people.' : refusalOf(a, b);
}

/** How many groups a rule finds, those included that are distinct by somebody's word. */
export async function countDuplicates(db: DbOrTx, rule: keyof typeof looks): Promise<number> {
  const { key, has } = looks[rule];
  const [row] = await db.$queryRaw<{ count: number }[]>`
    select count(*)::int as count from (select 1 from contact c where ${has} group by ${key} having count(*) > 1) g`;
  return row?.count ?? 0;
}

/** Remembers that two records are two people, whatever they have in common. False where one of them is not there. */
export function markDistinct(db: Db, a: string, b: string): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const rows = await tx.$queryRaw<{ id: string }[]>`
      select id from contact where id in (${a}::uuid, ${b}::uuid) and merged_into is null and erased_at is null
      order by id for no key update`;
    if (rows.length < 2) return false;
    await tx.distinctPeople.createMany({ data: [distinctOf(a, b)], skipDuplicates: true });
    return true;
  });
}

function distinctOf(a: string, b: string): { aId: string; bId: string } {
  return a < b ? { aId: a, bId: b } : { aId: b, bId: a };
}

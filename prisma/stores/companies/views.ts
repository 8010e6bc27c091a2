import type { DbOrTx } from '../../client';
import { companyOf, type CompanyRow } from './rows';

/** With all of its keys. */
export interface CompanyView extends CompanyRow {
  domains: string[];
  groupIds: string[];
}

export interface CompanyFilter {
  /** Looked for in name and domain. */
  q?: string | undefined;
  targetAccount?: boolean | undefined;
  owner?: string | undefined;
  industry?: string | undefined;
}

/** Newest first, below the id `after`. */
export async function listCompanies(
  db: DbOrTx,
  { q, targetAccount, owner, industry, after, limit }: CompanyFilter & { after: string | null; limit: number },
): Promise<CompanyView[]> {
  const like = { contains: q?.trim().replace(/[\\%_]/g, '\\$&') ?? '', mode: 'insensitive' as const };
  const rows = await db.company.findMany({
    where: {
      mergedInto: null,
      ...(after !== null && { id: { lt: after } }),
      ...(q && { OR: [{ name: like }, { domain: like }] }),
      ...(targetAccount === true && { targetAccount }),
      ...(targetAccount === false && { AND: [{ OR: [{ targetAccount }, { targetAccount: null }] }] }),
      ...(owner !== undefined && { owner }),
      ...(industry !== undefined && { industry }),
    },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return withKeys(db, rows.map(companyOf));
}

/** One that turned out to be another company answers with the other. */
export async function getCompany(db: DbOrTx, id: string): Promise<CompanyView | null> {
  const row = await db.company.findUnique({ where: { id } });
  if (row?.mergedInto) return getCompany(db, row.mergedInto);
  return row ? ((await withKeys(db, [companyOf(row)]))[0] ?? null) : null;
}

/** How many contacts are of a company. */
export async function countMembers(db: DbOrTx, id: string): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    select count(*)::int as count from contact
    where company_id in (select id from company where id = ${id}::uuid or merged_into = ${id}::uuid)
      and merged_into is null and erased_at is null`;
  return row?.count ?? 0;
}

async function withKeys(db: DbOrTx, rows: readonly CompanyRow[]): Promise<CompanyView[]> {
  const keys = await db.companyKey.findMany({
    where: { companyId: { in: rows.map(({ id }) => id) } },
    orderBy: [{ createdAt: 'asc' }, { value: 'asc' }],
  });
  const of = (id: string, kind: string, first: string | null) => [
    ...new Set([
      ...(first === null ? [] : [first]),
      ...keys.filter((key) => key.companyId === id && key.kind === kind).map(({ value }) => value),
    ]),
  ];
  return rows.map((row) => ({
    ...row,
    domains: of(row.id, 'domain', row.domain),
    groupIds: of(row.id, 'group', row.groupId),
  }));
}

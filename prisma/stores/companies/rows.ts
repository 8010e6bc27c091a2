import type { JsonObject } from '../../../workflows/domain/json';
import type { Company, CompanyOrigins } from '../../../workflows/domain/people/company';
import type { Company as Row } from '../../generated/client';
import type { DbOrTx, Tx } from '../../client';

export interface CompanyRow extends Company {
  id: string;
  domain: string | null;
  groupId: string | null;
  revision: number;
  enrichedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** Locks these companies, by id: whoever changes one waits for those who fill contacts from it, and they for him. */
export async function lockCompanies(tx: Tx, ids: readonly string[], how: 'to-read' | 'to-write'): Promise<void> {
  if (how === 'to-read')
    await tx.$executeRaw`select id from company where id = any(${ids}::uuid[]) order by id for share`;
  else await tx.$executeRaw`select id from company where id = any(${ids}::uuid[]) order by id for no key update`;
}

/** In the order of their ids. */
export async function readCompanies(db: DbOrTx, ids: readonly string[]): Promise<CompanyRow[]> {
  const rows = await db.company.findMany({ where: { id: { in: [...ids] } }, orderBy: { id: 'asc' } });
  return rows.map(companyOf);
}

/** Where these ids lead: a company that turned out to be another one leads to that. */
export async function readMerged(db: DbOrTx, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db.$queryRaw<{ id: string; leadsTo: string }[]>`
    select id, coalesce(merged_into, id) as "leadsTo" from company where id = any(${ids}::uuid[])`;
  return new Map(rows.map(({ id, leadsTo }) => [id, leadsTo]));
}

export function companyOf(row: Row): CompanyRow {
  const { name, industry, companySize, country, targetAccount, owner } = row;
  const { id, domain, groupId, revision, enrichedAt, createdAt, updatedAt } = row;
  return {
    ...{ id, domain, groupId, revision, enrichedAt, createdAt, updatedAt },
    fields: { name, industry, companySize, country, targetAccount, owner },
    traits: row.traits as JsonObject, // both are written by us, of this shape
    origins: row.origins as CompanyOrigins,
  };
}

/** Writes who said what is known already: nobody is told of it, and its revision stays. */
export async function writeOrigins(tx: Tx, { id, origins }: CompanyRow): Promise<void> {
  await tx.company.update({ where: { id }, data: { origins: origins as JsonObject } });
}

/** Writes what is known of a company; its revision rises, and names what is told of the change. */
export async function writeCompany(tx: Tx, { id, fields, traits, origins }: CompanyRow): Promise<number> {
  const { revision } = await tx.company.update({
    where: { id },
    data: { ...fields, traits, origins: origins as JsonObject, revision: { increment: 1 }, updatedAt: new Date() },
    select: { revision: true },
  });
  return revision;
}

import { v7 } from 'uuid';
import type { CompanySaid } from '../../../workflows/domain/people/company';
import { inTransaction, type Db, type Tx } from '../../client';
import { lastSeq } from '../enroll-many';
import { readSettings } from '../settings';
import { giveCompanyKeys, readCompanyKeys } from './keys';
import { lockCompanies, readCompanies } from './rows';
import { teachCompany } from './teach';
import { getCompany, type CompanyView } from './views';

export interface CompanyPatch {
  fields: CompanySaid['fields'];
  /** A null removes the trait. */
  traits: CompanySaid['traits'];
  /** All of its domains, the main one first. */
  domains?: readonly string[] | undefined;
  /** The revision that it must have; null for any. */
  expected: number | null;
}

export type CompanyPatched =
  | { kind: 'patched'; company: CompanyView }
  | { kind: 'missing' }
  | { kind: 'changed-meanwhile' }
  | { kind: 'domain-taken'; domain: string; companyId: string };

class DomainTaken extends Error {
  constructor(readonly by: { domain: string; companyId: string }) {
    super('the domain is another company’s');
  }
}

/** What `write` did, or which domain was another company's: then nothing is written. */
async function unlessTaken<T>(db: Db, write: (tx: Tx) => Promise<T>) {
  try {
    return await inTransaction(db, write);
  } catch (error) {
    if (error instanceof DomainTaken) return { kind: 'domain-taken' as const, ...error.by };
    throw error;
  }
}

/** A company that a person knows before anybody of it is known. The first of its domains is the main one. */
export function createCompany(
  db: Db,
  { domains, ...patch }: Pick<CompanyPatch, 'fields' | 'traits'> & { domains: readonly string[] },
): Promise<Exclude<CompanyPatched, { kind: 'changed-meanwhile' }>> {
  return unlessTaken(db, async (tx) => {
    const { id } = await tx.company.create({ data: { id: v7() } });
    await writeDomains(tx, { id, domains: [] }, domains);
    return teach(tx, id, patch);
  });
}

/** Writes what a person says of a company, and tells its contacts. What events said before does not change it any more. */
export function patchCompany(db: Db, id: string, patch: CompanyPatch): Promise<CompanyPatched> {
  return unlessTaken(db, async (tx): Promise<CompanyPatched> => {
    await lockCompanies(tx, [id], 'to-write');
    const [row] = await readCompanies(tx, [id]);
    const before = await getCompany(tx, id);
    if (!row || before?.id !== id) return { kind: 'missing' };
    if (patch.expected !== null && patch.expected !== row.revision) return { kind: 'changed-meanwhile' };
    if (patch.domains) await writeDomains(tx, before, patch.domains);
    return teach(tx, id, patch);
  });
}

async function teach(tx: Tx, id: string, { fields, traits }: Pick<CompanyPatch, 'fields' | 'traits'>) {
  const [row] = await readCompanies(tx, [id]);
  const { settings: rules } = await readSettings(tx);
  const said = { fields, traits, from: 'hand' as const, seq: Number(await lastSeq(tx)) };
  if (row) await teachCompany(tx, row, { lessons: [{ companyId: id, said, hops: 1 }], rules });
  const company = await getCompany(tx, id);
  return company ? { kind: 'patched' as const, company } : { kind: 'missing' as const };
}

/** Throws DomainTaken where one is another company's. */
async function writeDomains(
  tx: Tx,
  { id, domains: before }: Pick<CompanyView, 'id' | 'domains'>,
  domains: readonly string[],
): Promise<void> {
  const gone = before.filter((domain) => !domains.includes(domain));
  await tx.companyKey.deleteMany({ where: { kind: 'domain', value: { in: gone }, companyId: id } });
  const keys = domains.map((domain) => `domain:${domain}`);
  await giveCompanyKeys(tx, id, keys);
  const owners = await readCompanyKeys(tx, keys);
  for (const domain of domains) {
    const companyId = owners.get(`domain:${domain}`);
    if (companyId !== undefined && companyId !== id) throw new DomainTaken({ domain, companyId });
  }
  await tx.company.update({ where: { id }, data: { domain: domains[0] ?? null } });
}

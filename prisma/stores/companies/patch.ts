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

/** Writes what a person says of a company, and tells its contacts. What events said before does not change it any more. */
export async function patchCompany(db: Db, id: string, patch: CompanyPatch): Promise<CompanyPatched> {
  return inTransaction(db, async (tx): Promise<CompanyPatched> => {
    await lockCompanies(tx, [id], 'to-write');
    const [row] = await readCompanies(tx, [id]);
    const before = await getCompany(tx, id);
    if (!row || before?.id !== id) return { kind: 'missing' };
    if (patch.expected !== null && patch.expected !== row.revision) return { kind: 'changed-meanwhile' };
    if (patch.domains) {
      const taken = await writeDomains(tx, before, patch.domains);
      if (taken) return { kind: 'domain-taken', ...taken };
    }
    const { settings: rules } = await readSettings(tx);
    const { fields, traits } = patch;
    const said = { fields, traits, from: 'hand' as const, seq: Number(await lastSeq(tx)) };
    await teachCompany(tx, row, { lessons: [{ companyId: id, said, hops: 1 }], rules });
    const company = await getCompany(tx, id);
    return company ? { kind: 'patched', company } : { kind: 'missing' };
  });
}

/** Answers the domain that is another company's, before anything is written. */
async function writeDomains(
  tx: Tx,
  { id, domains: before }: CompanyView,
  domains: readonly string[],
): Promise<{ domain: string; companyId: string } | null> {
  const keys = domains.map((domain) => `domain:${domain}`);
  const owners = await readCompanyKeys(tx, keys);
  for (const domain of domains) {
    const companyId = owners.get(`domain:${domain}`);
    if (companyId !== undefined && companyId !== id) return { domain, companyId };
  }
  const gone = before.filter((domain) => !domains.includes(domain));
  await tx.companyKey.deleteMany({ where: { kind: 'domain', value: { in: gone }, companyId: id } });
  await giveCompanyKeys(tx, id, keys);
  await tx.company.update({ where: { id }, data: { domain: domains[0] ?? null } });
  return null;
}

import { v7 } from 'uuid';
import { belonging, type CompanyNow } from '../../workflows/domain/people/belong';
import { companyDomainOf } from '../../workflows/domain/people/company-domain';
import type { DbOrTx, Tx } from '../client';
import { createCompaniesByDomain, readCompanyKeys } from './companies/keys';
import { lockCompanies, readCompanies } from './companies/rows';
import { again } from './hygiene/mend';
import { readProfiles, writeProfiles, type ProfileRow } from './pump/contacts';
import { readSettings } from './settings';

/** Makes the companies of the addresses of those among these contacts that were never settled. */
export async function createCompaniesOfUnsettled(db: DbOrTx, ids: readonly string[]): Promise<void> {
  const domains = domainsOf(await readProfiles(db, await unsettled(db, ids)));
  await createCompaniesByDomain(
    db,
    domains.map((domain) => ({ domain, id: v7() })),
  );
}

/**
 * Brings the values of these locked contacts, who were never settled, into their declared forms, with what follows from
 * them and from their companies. Nothing is told of it: nobody said anything new. Who has a score already is to be
 * counted anew.
 */
export async function settleUnsettled(tx: Tx, ids: readonly string[]): Promise<void> {
  const { settings } = await readSettings(tx);
  const profiles = (await readProfiles(tx, ids)).map((row) => again(row, settings).profile);
  const companies = await readCompaniesOf(tx, profiles);
  await writeProfiles(
    tx,
    profiles.map((profile) => joined(profile, companies)),
  );
  await tx.$executeRaw`update contact set settled = true where id = any(${ids}::uuid[])`;
  // As of another model: what was counted goes by other fields, and no crossing is told unless that is asked for.
  await tx.$executeRaw`update score_state set model_id = null where contact_id = any(${ids}::uuid[])`;
}

/** Those of them who were never settled. */
export async function unsettled(db: DbOrTx, ids: readonly string[]): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select id from contact where id = any(${ids}::uuid[]) and not settled and erased_at is null`;
  return rows.map(({ id }) => id);
}

interface Companies {
  byDomain: ReadonlyMap<string, string>;
  byId: ReadonlyMap<string, CompanyNow>;
}

/** Under their locks, as in the pump: a change waits until it can be told to those who were filled without it. */
async function readCompaniesOf(tx: Tx, profiles: readonly ProfileRow[]): Promise<Companies> {
  const keys = domainsOf(profiles).map(keyOfDomain);
  const known = profiles.flatMap(({ companyId }) => companyId ?? []);
  const ids = [...new Set([...(await readCompanyKeys(tx, keys)).values(), ...known])];
  await lockCompanies(tx, ids, 'to-read');
  // Read once more, under the locks: keys may have gone to another company.
  const byDomain = await readCompanyKeys(tx, keys);
  return { byDomain, byId: new Map((await readCompanies(tx, ids)).map((row) => [row.id, row])) };
}

function joined(profile: ProfileRow, { byDomain, byId }: Companies): ProfileRow {
  const domain = domainOf(profile);
  const named = { group: null, domain: domain === null ? null : (byDomain.get(keyOfDomain(domain)) ?? null) };
  const found = belonging(profile, named, byId);
  if (!found) return profile;
  const { changed, ...belongs } = found;
  return { ...profile, ...belongs, fields: { ...profile.fields, ...changed } };
}

function domainsOf(profiles: readonly ProfileRow[]): string[] {
  return [...new Set(profiles.flatMap((profile) => domainOf(profile) ?? []))];
}

function domainOf({ fields: { email } }: ProfileRow): string | null {
  return typeof email === 'string' ? companyDomainOf(email) : null;
}

function keyOfDomain(domain: string): string {
  return `domain:${domain}`;
}

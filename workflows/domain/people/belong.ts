import type { Json } from '../json';
import type { CompanyFields, CompanyOrigins } from './company';
import { followsCompany, withOrigin, type Origins } from './origins';

export interface CompanyNow {
  id: string;
  fields: CompanyFields;
  origins: CompanyOrigins;
}

export interface Member {
  fields: Readonly<Record<string, Json>>;
  origins: Origins;
  companyId: string | null;
}

/**
 * What a contact has from its company. Not the country: where a company sits is not where somebody lives, and what may be
 * written to them goes by that.
 */
const filled = {
  ...{ company: 'name', industry: 'industry', companySize: 'companySize' },
  ...{ targetAccount: 'targetAccount', owner: 'owner' },
} as const satisfies Record<string, keyof CompanyFields>;
type Filled = keyof typeof filled;
const filledFields: readonly Filled[] = ['company', 'industry', 'companySize', 'targetAccount', 'owner'];

/** Which company a contact is of: a server's word holds, and what an address says only where nobody has said it. */
export function companyFor(
  { companyId, origins }: Member,
  { group, domain }: { group: string | null; domain: string | null },
): { id: string; by: 'group' | 'domain' } | null {
  if (group !== null) return { id: group, by: 'group' };
  const isSaid = companyId !== null && origins['companyId']?.from === 'group';
  return domain === null || isSaid ? null : { id: domain, by: 'domain' };
}

/** The company that a contact is of now, and what it takes from it; null where it is of none that is known. */
export function belonging(
  member: Member,
  named: { group: string | null; domain: string | null },
  companies: ReadonlyMap<string, CompanyNow>,
): { companyId: string; changed: Record<string, string | boolean | null>; origins: Origins } | null {
  const found = companyFor(member, named);
  const id = found?.id ?? member.companyId;
  // By the id it had, one that turned out to be another company is found as that.
  const company = id === null ? undefined : companies.get(id);
  if (!company) return null;
  const origins = found ? withOrigin(member.origins, 'companyId', { from: found.by }) : member.origins;
  return { companyId: company.id, ...filledFrom({ fields: member.fields, origins }, company) };
}

/**
 * What a contact takes from its company: what is empty is filled, and what came from a company follows it, also into
 * emptiness. Answers the changed fields and where all values come from then.
 */
export function filledFrom(
  { fields, origins }: Pick<Member, 'fields' | 'origins'>,
  company: CompanyNow,
): { changed: Record<string, string | boolean | null>; origins: Origins } {
  const changed: Record<string, string | boolean | null> = {};
  let known = origins;
  for (const name of filledFields) {
    const now = fields[name] ?? null;
    if (now !== null && now !== '' && !followsCompany(known[name])) continue;
    const value = company.fields[filled[name]];
    if (value !== now) changed[name] = value;
    known = withOrigin(known, name, value === null ? {} : originIn(company, filled[name]));
  }
  return { changed, origins: known };
}

function originIn({ origins }: CompanyNow, name: keyof CompanyFields): Origins[string] {
  const { from, unclear } = origins[name] ?? {};
  return { from: from === 'enrichment' ? 'enrichment' : 'company', ...(unclear && { unclear }) };
}

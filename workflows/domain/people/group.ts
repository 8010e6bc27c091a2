import type { Json, JsonObject } from '../json';
import type { CompanySaid } from './company';
import { ownDomain, websiteDomain } from './company-domain';

/** What a server says of a group, as ingestion leaves it among the traits of the event: {company, group: {id, …}}. */
export interface GroupSaid {
  groupId: string;
  /** In the letters in which they write it. */
  domain: string | null;
  fields: CompanySaid['fields'];
  traits: JsonObject;
}

/** Traits of the event that are the group's: the contact has them from its company. */
export const groupFields = ['company', 'industry', 'companySize', 'targetAccount'] as const;

/** The company's own fields among the rest of a group's traits; what is not here is a trait of the company. */
const ownFields = ['id', 'domain', 'website', 'country', 'address', 'owner'];

/** Null where the event is of no group, or a browser says so: whoever reads the page's source could. */
export function groupOf({ traits, fromBrowser }: { traits: JsonObject; fromBrowser: boolean }): GroupSaid | null {
  const { group } = traits;
  if (fromBrowser || !isObject(group) || typeof group.id !== 'string' || group.id.trim() === '') return null;
  const { domain, website, country, address, owner } = group;
  return {
    groupId: group.id.trim(),
    domain: domainIn(domain, ownDomain) ?? domainIn(website, websiteDomain),
    fields: {
      name: traits.company,
      industry: traits.industry,
      companySize: traits.companySize,
      targetAccount: traits.targetAccount,
      country: country ?? (isObject(address) ? address.country : undefined),
      owner,
    },
    traits: Object.fromEntries(
      Object.entries(group).filter(([name]) => !ownFields.includes(name) && name !== '__proto__'),
    ),
  };
}

function domainIn(value: Json | undefined, read: (text: string) => string | null): string | null {
  return typeof value === 'string' ? read(value) : null;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

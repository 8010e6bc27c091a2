import type { Json, JsonObject } from '../../workflows/domain/json';

/** Segment's reserved traits that have another name here. */
const renamed: Readonly<Record<string, string>> = {
  title: 'jobTitle',
  employees: 'companySize',
  industryName: 'industry',
};

/** Fields of Segment's `company` trait, and what they are of the contact. */
const ofCompany: Readonly<Record<string, string>> = {
  name: 'company',
  industry: 'industry',
  employee_count: 'companySize',
  employees: 'companySize',
  size: 'companySize',
};

/**
 * Segment's traits by the names that Nurture uses: standard fields as in the contact, everything else as it came.
 * What is said plainly wins over what is derived.
 */
export function contactTraits(traits: JsonObject): JsonObject {
  const { company, name, address, email, ...plain } = traits;
  return { ...derived({ company, name, address }), ...rename(plain), ...(email === undefined ? {} : { email }) };
}

/** Traits of a group are those of the contact's company. */
export function groupTraits(groupId: string | null, traits: JsonObject): JsonObject {
  const { name, industry, employees, targetAccount, ...rest } = traits;
  const group = { ...(groupId === null ? {} : { id: groupId }), ...rest };
  return defined({
    company: name,
    industry,
    companySize: employees,
    targetAccount,
    ...(Object.keys(group).length === 0 ? {} : { group }),
  });
}

interface Derivable {
  company?: Json | undefined;
  name?: Json | undefined;
  address?: Json | undefined;
}

function derived({ company, name, address }: Derivable): JsonObject {
  return defined({ ...companyFields(company), ...nameFields(name), ...addressFields(address) });
}

function companyFields(company: Json | undefined): Record<string, Json | undefined> {
  if (!isObject(company)) return { company };
  const known = Object.entries(company).flatMap(([key, value]) =>
    ofCompany[key] ? [[ofCompany[key], value] as const] : [],
  );
  const rest = Object.fromEntries(Object.entries(company).filter(([key]) => !ofCompany[key]));
  return { ...Object.fromEntries(known), ...(Object.keys(rest).length === 0 ? {} : { companyDetails: rest }) };
}

/** The last word is the last name; first and last name said plainly win. */
function nameFields(name: Json | undefined): Record<string, Json | undefined> {
  if (typeof name !== 'string') return { name };
  const words = name.trim().split(/\s+/);
  const last = words.length > 1 ? words.pop() : undefined;
  return { name, firstName: words.join(' '), lastName: last };
}

function addressFields(address: Json | undefined): Record<string, Json | undefined> {
  return isObject(address) ? { address, country: address.country } : { address };
}

function rename(traits: JsonObject): JsonObject {
  const entries = Object.entries(traits).map(([key, value]) => [renamed[key] ?? key, value, key in renamed] as const);
  // A trait that already has our name wins over one that was renamed to it.
  const ordered = [...entries].sort(([, , a], [, , b]) => Number(b) - Number(a));
  return Object.fromEntries(ordered.map(([key, value]) => [key, value]));
}

function defined(fields: Record<string, Json | undefined>): JsonObject {
  const entries = Object.entries(fields).filter((entry): entry is [string, Json] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import type { Json, JsonObject } from '../json';
import { normaliseField, type PeopleRules } from './normalise';

/** Fields of a company by their names in the API. */
export const companyFields = ['name', 'industry', 'companySize', 'country', 'targetAccount', 'owner'] as const;
export type CompanyField = (typeof companyFields)[number];
export type CompanyFields = { [name in Exclude<CompanyField, 'targetAccount'>]: string | null } & {
  targetAccount: boolean | null;
};

/** Where the value of a company's field came from. */
export interface CompanyOrigin {
  given?: Json;
  unclear?: true;
  from?: 'group' | 'enrichment' | 'hand';
  /** The event that said so, or the newest one when a person did: what came before it changes nothing any more. */
  seq?: number;
}
/** By field; `traits` is that of all traits. */
export type CompanyOrigins = Record<string, CompanyOrigin>;

export interface Company {
  fields: CompanyFields;
  traits: JsonObject;
  origins: CompanyOrigins;
}

/** What somebody says of a company, and who. */
export interface CompanySaid {
  fields: { readonly [name in CompanyField]?: Json | undefined };
  traits: JsonObject;
  from: 'group' | 'enrichment' | 'hand';
  seq?: number;
}

/** Which rules a field's values follow: those of the contact's field that it fills, or would. */
const asOf: { [name in CompanyField]: string } = {
  ...{ name: 'company', industry: 'industry', companySize: 'companySize', country: 'country' },
  ...{ targetAccount: 'targetAccount', owner: 'owner' },
};

/**
 * The company as it is after somebody said something of it, and the fields that changed. A provider fills what is empty;
 * of what events say, the newest stays, whatever the order in which they are processed.
 */
export function taught(
  before: Company,
  said: CompanySaid,
  rules: PeopleRules,
): { company: Company; changed: string[] } {
  const company: Company = { ...before, fields: { ...before.fields }, origins: { ...before.origins } };
  const changed: string[] = [];
  for (const name of companyFields) if (teachField({ company, said, rules }, name)) changed.push(name);
  if (teachTraits(company, said)) changed.push('traits');
  return { company, changed };
}

interface Teaching {
  company: Company;
  said: CompanySaid;
  rules: PeopleRules;
}

function teachField({ company, said, rules }: Teaching, name: CompanyField): boolean {
  const value = said.fields[name];
  if (value === undefined || !maySay(company, said, name)) return false;
  const read = normaliseField(asOf[name], value, { rules });
  if (!read || !put(company.fields, name, read.value)) return false;
  const { value: _, ...origin } = read;
  company.origins[name] = { ...origin, from: said.from, ...(said.seq !== undefined && { seq: said.seq }) };
  return true;
}

function maySay({ fields, origins }: Company, { from, seq = 0 }: CompanySaid, name: CompanyField): boolean {
  if (from === 'enrichment') return fields[name] === null;
  return from === 'hand' || seq > (origins[name]?.seq ?? -1);
}

/** False where it cannot hold the value, or holds it. */
function put(fields: CompanyFields, name: CompanyField, value: Json): boolean {
  if (fields[name] === value) return false;
  if (name === 'targetAccount') {
    if (value !== null && typeof value !== 'boolean') return false;
    fields.targetAccount = value;
  } else {
    if (value !== null && typeof value !== 'string') return false;
    fields[name] = value;
  }
  return true;
}

function teachTraits(company: Company, { traits, from, seq = 0 }: CompanySaid): boolean {
  if (Object.keys(traits).length === 0) return false;
  if (from === 'group' && seq <= (company.origins['traits']?.seq ?? -1)) return false;
  const merged = Object.fromEntries(
    Object.entries({ ...company.traits, ...traits }).filter(([, value]) => value !== null),
  );
  if (JSON.stringify(merged) === JSON.stringify(company.traits)) return false;
  company.traits = merged;
  if (from !== 'enrichment') company.origins['traits'] = { from, ...(seq > 0 && { seq }) };
  return true;
}

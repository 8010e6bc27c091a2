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
/** By field; traits as `traits.<name>`, and `traits` of those that were kept together before. */
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
 * of what events say, the newest stays, whatever the order in which they are processed: so where the newest says what is
 * known already, its origin is remembered though nothing changed.
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

/** What could not be read, read again: rules may have grown. Whoever said it, and when, stays. */
export function understood(before: Company, rules: PeopleRules): { company: Company; changed: string[] } {
  const company: Company = { ...before, fields: { ...before.fields }, origins: { ...before.origins } };
  const changed = companyFields.filter((name) => {
    const { unclear, given, ...said } = before.origins[name] ?? {};
    const read = unclear ? normaliseField(asOf[name], given ?? before.fields[name], { rules }) : undefined;
    if (!read || read.unclear || !holds(name, read.value)) return false;
    const { value: next, ...origin } = read;
    company.origins[name] = { ...origin, ...said };
    Object.assign(company.fields, { [name]: next });
    return true;
  });
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
  if (!read || !holds(name, read.value)) return false;
  const { value: next, ...origin } = read;
  company.origins[name] = { ...origin, ...sayingOf(said) };
  if (company.fields[name] === next) return false;
  Object.assign(company.fields, { [name]: next });
  return true;
}

function sayingOf({ from, seq }: CompanySaid): CompanyOrigin {
  return { from, ...(seq !== undefined && { seq }) };
}

function maySay({ fields, origins }: Company, { from, seq = 0 }: CompanySaid, name: CompanyField): boolean {
  if (from === 'enrichment') return fields[name] === null;
  return from === 'hand' || seq > (origins[name]?.seq ?? -1);
}

function holds(name: CompanyField, value: Json): boolean {
  return value === null || typeof value === (name === 'targetAccount' ? 'boolean' : 'string');
}

/** A trait that the newest word removed keeps its origin: an older word does not bring it back. */
function teachTraits(company: Company, said: CompanySaid): boolean {
  const { from, seq = 0 } = said;
  const heard = (name: string) => (company.origins[`traits.${name}`] ?? company.origins['traits'])?.seq ?? -1;
  const news = Object.entries(said.traits).filter(([name]) => from !== 'group' || seq > heard(name));
  if (news.length === 0) return false;
  for (const [name] of news) if (from !== 'enrichment') company.origins[`traits.${name}`] = sayingOf(said);
  const merged = Object.entries({ ...company.traits, ...Object.fromEntries(news) });
  const traits = Object.fromEntries(merged.filter(([, value]) => value !== null));
  if (isSame(traits, company.traits)) return false;
  company.traits = traits;
  return true;
}

function isSame(one: JsonObject, other: JsonObject): boolean {
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => JSON.stringify(one[name]) === JSON.stringify(other[name]))
  );
}

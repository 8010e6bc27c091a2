import { v7 } from 'uuid';
import { asciiDomain, normaliseAddress } from '../../prisma/address';
import type { Db, Tx } from '../../prisma/client';
import { companyOfGroup, isSettled, keysOf } from '../../prisma/stores/companies/group';
import { createCompaniesByDomain, readCompanyKeys } from '../../prisma/stores/companies/keys';
import { lockCompanies, readCompanies, readMerged } from '../../prisma/stores/companies/rows';
import { teachCompanies, type Lesson } from '../../prisma/stores/companies/teach';
import type { ProfileRow } from '../../prisma/stores/pump/contacts';
import { readTraits, type KeyedEvent } from '../../prisma/stores/pump/events';
import { readSettings } from '../../prisma/stores/settings';
import { companyDomainOf } from '../../workflows/domain/people/company-domain';
import { groupOf, type GroupSaid } from '../../workflows/domain/people/group';
import { StartOver } from './errors';
import type { CompaniesNow } from './fold/subject';
import type { OwnedEvent } from './owned-events';
import { unique } from './subjects';

type Naming = Pick<KeyedEvent, 'seq' | 'address' | 'newAddress' | 'groupId' | 'fromBrowser' | 'hops'>;

/**
 * Makes the companies that these events name, and writes what servers say of groups, in transactions of their own before
 * the batch: whoever holds contacts' locks waits for nobody who makes the same company.
 */
export async function resolveCompanies(db: Db, events: readonly Naming[]): Promise<void> {
  await createForDomains(db, unique(events.flatMap(domainsNamed)));
  const grouping = events.filter(({ groupId, fromBrowser }) => groupId !== null && !fromBrowser);
  if (grouping.length === 0) return;
  const hopsOf = new Map(grouping.map(({ seq, hops }) => [seq, hops]));
  const rows = await readTraits(db, [...hopsOf.keys()]);
  const groups = rows.flatMap(({ seq, traits }) => {
    const said = groupOf({ traits, fromBrowser: false });
    const domain = said?.domain ? asciiDomain(said.domain) : null;
    return said ? [{ ...said, domain, seq, hops: (hopsOf.get(seq) ?? 0) + 1 }] : [];
  });
  const { settings } = await readSettings(db);
  await teachCompanies(db, await lessonsOf(db, groups), settings);
}

function domainsNamed({ address, newAddress }: Naming): string[] {
  return [address, newAddress].flatMap((text) =>
    text === null ? [] : (companyDomainOf(normaliseAddress(text)) ?? []),
  );
}

async function createForDomains(db: Db, domains: readonly string[]): Promise<void> {
  const owners = await readCompanyKeys(db, domains.map(keyOfDomain));
  const missing = domains.filter((domain) => !owners.has(keyOfDomain(domain)));
  await createCompaniesByDomain(
    db,
    missing.map((domain) => ({ domain, id: v7() })),
  );
}

async function lessonsOf(db: Db, groups: readonly (GroupSaid & { seq: bigint; hops: number })[]): Promise<Lesson[]> {
  const keys = unique(groups.flatMap((group) => keysOf(group).filter((key) => key !== null)));
  const owners = await readCompanyKeys(db, keys);
  const lessons: Lesson[] = [];
  for (const { seq, hops, fields, traits, ...group } of groups) {
    const [key] = keysOf(group);
    const known = isSettled(group, owners) ? owners.get(key) : undefined;
    const companyId = known ?? (await companyOfGroup(db, group, hops));
    owners.set(key, companyId);
    lessons.push({ companyId, hops, said: { fields, traits, from: 'group', seq: Number(seq) } });
  }
  return lessons;
}

/** Whether an event may make a contact take something from a company: an address, a group, fields, a change of either. */
function mayFill({ type, traits, properties }: Pick<OwnedEvent, 'type' | 'traits' | 'properties'>): boolean {
  if (type === 'company.updated' || type === 'contact.merged') return true;
  // What was learned by an event was filled by it.
  if (type === 'contact.updated') return properties.learned !== true;
  return Object.keys(traits).length > 0;
}

/**
 * The companies that the contacts of these events are of, or may turn out to be of, under their locks: a change that is
 * written meanwhile waits until it can be told to those who were filled without it.
 */
export async function readCompaniesNow(
  tx: Tx,
  events: readonly OwnedEvent[],
  profiles: readonly ProfileRow[],
): Promise<CompaniesNow> {
  const filling = events.filter(mayFill);
  if (filling.length === 0) return { byKey: new Map(), byId: new Map() };
  const concerned = new Set(filling.map(({ contactId }) => contactId));
  const own = profiles.filter(({ id }) => concerned.has(id));
  const domains = [
    ...own.flatMap(({ fields }) => (typeof fields.email === 'string' ? (companyDomainOf(fields.email) ?? []) : [])),
    ...filling.flatMap(domainsNamed),
  ];
  const groups = filling.flatMap((event) => groupOf(event) ?? []);
  const keys = unique([...domains.map(keyOfDomain), ...groups.map((group) => keysOf(group)[0])]);
  const known = own.flatMap(({ companyId }) => companyId ?? []);
  const ids = unique([...(await readCompanyKeys(tx, keys)).values(), ...(await readMerged(tx, known)).values()]);
  await lockCompanies(tx, ids, 'to-read');
  const byKey = await readCompanyKeys(tx, keys);
  const leads = await readMerged(tx, known);
  const meant = [...byKey.values(), ...leads.values()];
  if (meant.some((id) => !ids.includes(id))) throw new StartOver('a company turned out to be another one meanwhile');
  const byId = new Map((await readCompanies(tx, ids)).map((row) => [row.id, row]));
  for (const [id, leadsTo] of leads) {
    const company = byId.get(leadsTo);
    if (company) byId.set(id, company);
  }
  return { byKey, byId };
}

function keyOfDomain(domain: string): string {
  return `domain:${domain}`;
}

import { v7 } from 'uuid';
import { inTransaction, type Db, type Tx } from '../../client';
import { giveCompanyKeys, readCompanyKeys } from './keys';
import { mergeCompanies } from './merge';
import { lockCompanies } from './rows';

/** A group as a server names it. */
export interface NamedGroup {
  groupId: string;
  /** What it says is its domain. */
  domain: string | null;
}

/**
 * The company of a group. A group that says its domain is the company of that domain, unless this has a group id of its
 * own: of two groups with one domain the first has it. A group that says none is a company for itself: its members may
 * work for others (an agency's people in their clients' accounts).
 */
export async function companyOfGroup(db: Db, group: NamedGroup, hops: number): Promise<string> {
  for (;;) {
    const found = await inTransaction(db, (tx) => findOrName(tx, group, hops));
    if (found !== null) return found;
  }
}

/** Null where the keys were given to others before they were locked: nothing was written. */
async function findOrName(tx: Tx, group: NamedGroup, hops: number): Promise<string | null> {
  const [groupKey, domainKey] = keysOf(group);
  const keys = domainKey === null ? [groupKey] : [groupKey, domainKey];
  const owners = await readCompanyKeys(tx, keys);
  const byGroup = owners.get(groupKey);
  const byDomain = domainKey === null ? undefined : owners.get(domainKey);
  const joining = byDomain !== undefined && byDomain !== byGroup && (await isFree(tx, byDomain)) ? byDomain : null;
  const isTaken = byDomain !== undefined && joining === null;
  if (byGroup !== undefined && (domainKey === null || isTaken)) return byGroup;
  await lockCompanies(
    tx,
    [byGroup, joining].filter((id) => typeof id === 'string'),
    'to-write',
  );
  // A company gives its keys away, and gets a group, under its lock.
  const now = await readCompanyKeys(tx, keys);
  if (keys.some((key) => now.get(key) !== owners.get(key))) return null;
  if (joining !== null && !(await isFree(tx, joining))) return null;
  if (byGroup === undefined) return name(tx, group, joining);
  if (joining === null) await takeDomain(tx, byGroup, group);
  else await mergeCompanies(tx, { from: joining, into: byGroup, hops });
  return byGroup;
}

/** Whether all of its keys are there already: then nothing is to be written. */
export function isSettled({ groupId, domain }: NamedGroup, owners: ReadonlyMap<string, string>): boolean {
  const [groupKey, domainKey] = keysOf({ groupId, domain });
  return owners.has(groupKey) && (domainKey === null || owners.get(domainKey) === owners.get(groupKey));
}

export function keysOf({ groupId, domain }: NamedGroup): [group: string, domain: string | null] {
  return [`group:${groupId}`, domain === null ? null : `domain:${domain}`];
}

/** A group that nobody has named before, as a company of its own or as the one `found`. Who named it meanwhile was first. */
async function name(tx: Tx, group: NamedGroup, found: string | null): Promise<string> {
  const [groupKey, domainKey] = keysOf(group);
  const id = found ?? v7();
  const given = await giveCompanyKeys(tx, id, [groupKey]);
  if (!given.has(groupKey)) return (await readCompanyKeys(tx, [groupKey])).get(groupKey) ?? id;
  if (found !== null) await tx.company.update({ where: { id }, data: { groupId: group.groupId } });
  else await tx.company.create({ data: { id, groupId: group.groupId } });
  if (found === null && domainKey !== null) await takeDomain(tx, id, group);
  return id;
}

/** Made from addresses alone. */
async function isFree(tx: Tx, companyId: string): Promise<boolean> {
  return (await tx.companyKey.count({ where: { companyId, kind: 'group' } })) === 0;
}

async function takeDomain(tx: Tx, companyId: string, group: NamedGroup): Promise<void> {
  const [, domainKey] = keysOf(group);
  if (domainKey === null) return;
  const given = await giveCompanyKeys(tx, companyId, [domainKey]);
  if (given.has(domainKey))
    await tx.company.updateMany({ where: { id: companyId, domain: null }, data: { domain: group.domain } });
}

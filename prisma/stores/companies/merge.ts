import { companyFields, type CompanyField } from '../../../workflows/domain/people/company';
import type { Tx } from '../../client';
import { lockCompanies, readCompanies, writeCompany, type CompanyRow } from './rows';
import { endSpread } from './spread';
import { tellMembers, withUntold } from './tell';

/**
 * Makes one company of two: the one that stays has the keys of both, and what it did not know. The other's row leads there,
 * and its contacts follow in the fold of the `company.updated` that they get. False unless both are there.
 */
export async function mergeCompanies(
  tx: Tx,
  { from, into, hops }: { from: string; into: string; hops: number },
): Promise<boolean> {
  await lockCompanies(tx, [from, into], 'to-write');
  const rows = await readCompanies(tx, [from, into]);
  const goes = rows.find(({ id }) => id === from);
  const stays = rows.find(({ id }) => id === into);
  const gone = await tx.company.count({ where: { id: { in: [from, into] }, mergedInto: { not: null } } });
  if (!goes || !stays || from === into || gone > 0) return false;
  const merged = { ...stays, traits: { ...goes.traits, ...stays.traits }, ...filled(stays, goes) };
  const { domain, groupId } = { domain: stays.domain ?? goes.domain, groupId: stays.groupId ?? goes.groupId };
  await tx.companyKey.updateMany({ where: { companyId: from }, data: { companyId: into } });
  await tx.company.updateMany({ where: { mergedInto: from }, data: { mergedInto: into } });
  await tx.company.update({ where: { id: from }, data: { mergedInto: into, domain: null, groupId: null } });
  await tx.company.update({ where: { id: into }, data: { domain, groupId } });
  const revision = await writeCompany(tx, merged);
  const news = { companyId: into, revision, changed: ['mergedInto'], hops };
  await tellMembers(tx, withUntold(news, await endSpread(tx, from)));
  return true;
}

/** What the one that stays does not know it has from the other. */
function filled(stays: CompanyRow, goes: CompanyRow): Pick<CompanyRow, 'fields' | 'origins'> {
  const isOwn = (name: CompanyField) => stays.fields[name] !== null;
  const own = <T extends object>(values: T) =>
    Object.fromEntries(
      Object.entries(values).filter(([name]) => companyFields.some((one) => one === name && isOwn(one))),
    );
  const isTaken = (name: string) =>
    name.startsWith('traits.')
      ? stays.origins[name] === undefined && !Object.hasOwn(stays.traits, name.slice('traits.'.length))
      : companyFields.some((one) => one === name && !isOwn(one));
  const taken = Object.entries(goes.origins).filter(([name]) => isTaken(name));
  return {
    fields: { ...goes.fields, ...own(stays.fields) },
    origins: { ...stays.origins, ...Object.fromEntries(taken) },
  };
}

import { understood } from '../../../workflows/domain/people/company';
import type { PeopleRules } from '../../../workflows/domain/people/normalise';
import { inTransaction, type Db, type DbOrTx, type Tx } from '../../client';
import { lockCompanies, readCompanies, readMerged, writeCompany } from './rows';
import { tellMembers } from './tell';

/** Companies of one transaction, and members of each that are told within it. */
const TOGETHER = 20;
const AT_ONCE = 50;

/**
 * Reads again what could not be read of the companies of these contacts, and tells their members of what is understood by
 * now. Answers those of the contacts that will follow.
 */
export async function rereadCompanies(db: Db, contactIds: readonly string[], rules: PeopleRules): Promise<string[]> {
  const members = await readUnclear(db, contactIds);
  const ids = [...new Set(members.map(({ companyId }) => companyId))].sort();
  const read = new Set<string>();
  for (let i = 0; i < ids.length; i += TOGETHER) {
    const some = ids.slice(i, i + TOGETHER);
    for (const id of await inTransaction(db, (tx) => reread(tx, some, rules))) read.add(id);
  }
  return members.flatMap(({ id, companyId }) => (read.has(companyId) ? [id] : []));
}

function readUnclear(db: DbOrTx, contactIds: readonly string[]): Promise<{ id: string; companyId: string }[]> {
  return db.$queryRaw<{ id: string; companyId: string }[]>`
    select c.id, k.id as "companyId" from contact c
    join company o on o.id = c.company_id join company k on k.id = coalesce(o.merged_into, o.id)
    where c.id = any(${contactIds}::uuid[]) and jsonb_path_exists(k.origins, '$.*.unclear')`;
}

/** Under the companies' locks. Answers those of which something is understood by now. */
async function reread(tx: Tx, ids: readonly string[], rules: PeopleRules): Promise<string[]> {
  await lockCompanies(tx, ids, 'to-write');
  const leadsTo = await readMerged(tx, ids);
  const read: string[] = [];
  for (const row of await readCompanies(tx, ids)) {
    const { company, changed } = understood(row, rules);
    if (changed.length === 0 || leadsTo.get(row.id) !== row.id) continue;
    const revision = await writeCompany(tx, { ...row, ...company });
    await tellMembers(tx, { companyId: row.id, revision, changed, hops: 1 }, AT_ONCE);
    read.push(row.id);
  }
  return read;
}

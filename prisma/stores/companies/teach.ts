import { taught, type CompanySaid } from '../../../workflows/domain/people/company';
import type { PeopleRules } from '../../../workflows/domain/people/normalise';
import { inTransaction, type Db, type Tx } from '../../client';
import { lockCompanies, readCompanies, writeCompany, type CompanyRow } from './rows';
import { tellMembers } from './tell';

export interface Lesson {
  companyId: string;
  said: CompanySaid;
  /** Of the events that tell of the change. */
  hops: number;
}

/**
 * Writes what is said of companies, first to last, and tells their contacts. Nothing is locked where nothing changes:
 * applications say the same of their groups again and again.
 */
export async function teachCompanies(db: Db, lessons: readonly Lesson[], rules: PeopleRules): Promise<void> {
  const ids = [...new Set(lessons.map(({ companyId }) => companyId))];
  const news = await readCompanies(db, ids);
  const differing = news.filter((row) => learning(row, lessons, rules).changed.length > 0).map(({ id }) => id);
  if (differing.length === 0) return;
  await inTransaction(db, async (tx) => {
    await lockCompanies(tx, differing, 'to-write');
    for (const row of await readCompanies(tx, differing)) await teachCompany(tx, row, { lessons, rules });
  });
}

/** Under the company's lock. Answers the names of the fields that changed. */
export async function teachCompany(
  tx: Tx,
  row: CompanyRow,
  { lessons, rules }: { lessons: readonly Lesson[]; rules: PeopleRules },
): Promise<string[]> {
  const { company, changed } = learning(row, lessons, rules);
  if (changed.length === 0) return changed;
  const revision = await writeCompany(tx, { ...row, ...company });
  const hops = Math.max(...lessons.filter(({ companyId }) => companyId === row.id).map((lesson) => lesson.hops));
  await tellMembers(tx, { companyId: row.id, revision, changed, hops });
  return changed;
}

function learning(row: CompanyRow, lessons: readonly Lesson[], rules: PeopleRules) {
  const changed = new Set<string>();
  let company = { fields: row.fields, traits: row.traits, origins: row.origins };
  for (const { companyId, said } of lessons) {
    if (companyId !== row.id) continue;
    const after = taught(company, said, rules);
    company = after.company;
    for (const name of after.changed) changed.add(name);
  }
  return { company, changed: [...changed] };
}

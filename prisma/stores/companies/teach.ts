import { taught, type CompanySaid } from '../../../workflows/domain/people/company';
import type { PeopleRules } from '../../../workflows/domain/people/normalise';
import { inTransaction, type Db, type Tx } from '../../client';
import { lockCompanies, readCompanies, writeCompany, type CompanyRow } from './rows';
import { AT_ONCE, tellMembers } from './tell';

/** Companies of one transaction, and members of all of them that are told within it: it must fit the time-outs. */
const TOGETHER = 50;
const TOLD_TOGETHER = 1_000;

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
  for (let i = 0; i < differing.length; i += TOGETHER) {
    await teachTogether(db, differing.slice(i, i + TOGETHER), { lessons, rules });
  }
}

interface Teaching {
  lessons: readonly Lesson[];
  rules: PeopleRules;
  /** Members at most that are told at once. */
  atOnce?: number;
}

function teachTogether(db: Db, ids: readonly string[], teaching: Teaching): Promise<void> {
  return inTransaction(db, async (tx) => {
    await lockCompanies(tx, ids, 'to-write');
    let room = TOLD_TOGETHER;
    for (const row of await readCompanies(tx, ids)) {
      room -= await teachCompany(tx, row, { ...teaching, atOnce: Math.min(AT_ONCE, room) });
    }
  });
}

/** Under the company's lock. Answers how many members were told of it at once. */
export async function teachCompany(tx: Tx, row: CompanyRow, { lessons, rules, atOnce }: Teaching): Promise<number> {
  const { company, changed } = learning(row, lessons, rules);
  if (changed.length === 0) return 0;
  const revision = await writeCompany(tx, { ...row, ...company });
  const hops = Math.max(...lessons.filter(({ companyId }) => companyId === row.id).map((lesson) => lesson.hops));
  return tellMembers(tx, { companyId: row.id, revision, changed, hops }, atOnce);
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

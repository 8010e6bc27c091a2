import { taught, type CompanySaid } from '../../../workflows/domain/people/company';
import type { PeopleRules } from '../../../workflows/domain/people/normalise';
import { inTransaction, type Db, type Tx } from '../../client';
import { lockCompanies, readCompanies, readMerged, writeCompany, writeOrigins, type CompanyRow } from './rows';
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
 * Writes what is said of companies, first to last, and tells their contacts. Nothing is locked where there is nothing to
 * write. What is said of a company that turned out to be another one is said of that.
 */
export async function teachCompanies(db: Db, lessons: readonly Lesson[], rules: PeopleRules): Promise<void> {
  const ids = [...new Set(lessons.map(({ companyId }) => companyId))];
  const leadsTo = await readMerged(db, ids);
  const led = lessons.map((lesson) => ({ ...lesson, companyId: leadsTo.get(lesson.companyId) ?? lesson.companyId }));
  const rows = await readCompanies(db, [...new Set(leadsTo.values())]);
  const differing = rows.filter((row) => learning(row, led, rules).isNew).map(({ id }) => id);
  const gone: string[] = [];
  for (let i = 0; i < differing.length; i += TOGETHER) {
    gone.push(...(await teachTogether(db, differing.slice(i, i + TOGETHER), { lessons: led, rules })));
  }
  if (gone.length === 0) return;
  const again = led.filter(({ companyId }) => gone.includes(companyId));
  await teachCompanies(db, again, rules);
}

interface Teaching {
  lessons: readonly Lesson[];
  rules: PeopleRules;
  /** Members at most that are told at once. */
  atOnce?: number;
}

/** Answers those that were another company when they were locked: nothing was written of them. */
function teachTogether(db: Db, ids: readonly string[], teaching: Teaching): Promise<string[]> {
  return inTransaction(db, async (tx) => {
    await lockCompanies(tx, ids, 'to-write');
    const gone = [...(await readMerged(tx, ids))].flatMap(([id, leadsTo]) => (id === leadsTo ? [] : [id]));
    let room = TOLD_TOGETHER;
    for (const row of await readCompanies(tx, ids)) {
      if (gone.includes(row.id)) continue;
      room -= await teachCompany(tx, row, { ...teaching, atOnce: Math.min(AT_ONCE, room) });
    }
    return gone;
  });
}

/** Under the company's lock. Answers how many members were told of it at once. */
export async function teachCompany(tx: Tx, row: CompanyRow, { lessons, rules, atOnce }: Teaching): Promise<number> {
  const { company, changed, isNew } = learning(row, lessons, rules);
  if (changed.length === 0) {
    if (isNew) await writeOrigins(tx, { ...row, ...company });
    return 0;
  }
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
  const isNew = changed.size > 0 || JSON.stringify(company.origins) !== JSON.stringify(row.origins);
  return { company, changed: [...changed], isNew };
}

import { Prisma } from '../generated/client';
import type { Condition, Segments } from '../../workflows/domain/conditions/condition';
import { needsOf } from '../../workflows/domain/conditions/needs';
import { spellOut } from '../../workflows/domain/conditions/spell-out';
import type { Db, DbOrTx, Tx } from '../client';
import { isTimeUp } from '../database-away';
import { givenTime } from '../given-time';
import { compileCondition, type Compiled } from './conditions/compile';
import type { CompileContext } from './conditions/context';
import { readZones } from './conditions/zones';
import { readSegments } from './saved-segments';
import { readSettings } from './settings';

/** A condition with everything that it takes to find whom it holds for. */
export interface Finding {
  condition: Condition;
  context: Omit<CompileContext, 'scope'>;
  /** Besides: address, name or company contain it. */
  q: string | null;
}

export async function findingOf(
  db: DbOrTx,
  condition: Condition,
  { at, q = null }: { at: Date; q?: string | null },
): Promise<Finding> {
  const { settings } = await readSettings(db);
  const { eventGroups, defaultZone } = settings;
  const segments = await readSegments(db, eventGroups);
  const own = spellOut(condition, eventGroups);
  const zones = hasPeriod(own, segments) ? await readZones(db, defaultZone) : [];
  return { condition: own, context: { segments, zones, defaultZone, journeyKey: null, at: at.getTime() }, q };
}

/** Only periods are counted by zones. */
function hasPeriod(condition: Condition, segments: Segments): boolean {
  return needsOf([condition], segments).did.some(({ within }) => within !== undefined);
}

/** What is joined to a contact `c`, and what is true of one who is found. */
function wanted({ condition, context, q }: Finding, scope: CompileContext['scope']): Compiled {
  const { joins, holds } = compileCondition(condition, { ...context, scope });
  return { joins, holds: q === null ? holds : Prisma.sql`${holds} and ${matches(q)}` };
}

function matches(q: string): Prisma.Sql {
  const like = `%${q.trim().replace(/[\\%_]/g, '\\$&')}%`;
  return Prisma.sql`(c.email ilike ${like} or c.first_name ilike ${like} or c.last_name ilike ${like} or c.company ilike ${like})`;
}

const living = Prisma.sql`c.merged_into is null and c.erased_at is null`;

export interface FoundPage {
  /** Whom it holds for, newest first. */
  ids: string[];
  /** Where the next page begins; null after the last. */
  next: string | null;
}

interface FindingPage {
  after: string | null;
  size: number;
  /** Contacts that one statement looks at. */
  window?: number;
}

/** Few enough for the statement time-out, whatever it takes to judge them. */
const WINDOW = 20_000;

/** The next `size` of them below the id `after`; fewer where not so many are among the contacts that one statement looks at. */
export async function findPage(
  db: DbOrTx,
  finding: Finding,
  { after, size, window = WINDOW }: FindingPage,
): Promise<FoundPage> {
  const looked = Math.max(size, window);
  const { joins, holds } = wanted(finding, 'few');
  const [row] = await db.$queryRaw<{ ids: string[]; last: string | null; count: number }[]>`
    with page as materialized (
      select c.* from contact c
      where ${living} ${below(after)}
      order by c.id desc limit ${looked}::int),
    found as (
      select c.id from page c ${joins} where ${holds} order by c.id desc limit ${size}::int)
    select coalesce((select array_agg(id order by id desc) from found), '{}') as ids,
      (select id from page order by id limit 1) as last, (select count(*)::int from page) as count`;
  const { ids = [], last = null, count = 0 } = row ?? {};
  if (ids.length === size) return { ids, next: ids.at(-1) ?? null };
  return { ids, next: count < looked ? null : last };
}

function below(after: string | null): Prisma.Sql {
  return after === null ? Prisma.empty : Prisma.sql`and c.id < ${after}::uuid`;
}

export interface Counted {
  count: number;
  /** False where the time was over before everybody had been looked at: then it is at least that many. */
  complete: boolean;
}

/** How many contacts it holds for: in one statement, or where that takes too long, as many as are found in the time. */
export async function countPeople(db: Db, finding: Finding, withinMs: number): Promise<Counted> {
  const until = performance.now() + withinMs;
  const { joins, holds } = wanted(finding, 'everybody');
  const rows = await inTime(
    db,
    withinMs / 2,
    (tx) =>
      tx.$queryRaw<{ count: number }[]>`
      select count(*)::int as count from contact c ${joins} where ${living} and ${holds}`,
  );
  if (rows !== null) return { count: rows[0]?.count ?? 0, complete: true };
  let count = 0;
  for (let after: string | null = null; ;) {
    const page: FoundPage = await findPage(db, finding, { after, size: WINDOW });
    count += page.ids.length;
    after = page.next;
    if (after === null) return { count, complete: true };
    if (performance.now() > until) return { count, complete: false };
  }
}

/** The first `limit` whom it holds for; fewer where finding them takes longer than so many milliseconds. */
export async function findPeople(
  db: Db,
  finding: Finding,
  { after, limit, withinMs }: { after: string | null; limit: number; withinMs: number },
): Promise<FoundPage> {
  const until = performance.now() + withinMs;
  const { joins, holds } = wanted(finding, 'everybody');
  const rows = await inTime(
    db,
    withinMs / 2,
    (tx) =>
      tx.$queryRaw<{ id: string }[]>`
      select c.id from contact c ${joins} where ${living} ${below(after)} and ${holds}
      order by c.id desc limit ${limit + 1}::int`,
  );
  if (rows !== null) {
    const ids = rows.slice(0, limit).map(({ id }) => id);
    return { ids, next: rows.length > limit ? (ids.at(-1) ?? null) : null };
  }
  const ids: string[] = [];
  for (let from = after; ;) {
    const page: FoundPage = await findPage(db, finding, { after: from, size: limit + 1 - ids.length });
    ids.push(...page.ids);
    from = page.next;
    if (ids.length > limit) return { ids: ids.slice(0, limit), next: ids[limit - 1] ?? null };
    if (from === null || performance.now() > until) return { ids, next: from };
  }
}

/** Null where it takes longer. */
async function inTime<T>(db: Db, ms: number, work: (tx: Tx) => Promise<T>): Promise<T | null> {
  try {
    return await givenTime(db, ms, work);
  } catch (error) {
    if (isTimeUp(error)) return null;
    throw error;
  }
}

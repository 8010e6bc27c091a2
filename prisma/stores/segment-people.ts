import { Prisma } from '../generated/client';
import type { Condition, Segments } from '../../workflows/domain/conditions/condition';
import { evaluate } from '../../workflows/domain/conditions/evaluate';
import { needsOf, type Needs } from '../../workflows/domain/conditions/needs';
import { spellOut } from '../../workflows/domain/conditions/spell-out';
import { factsOf } from '../../workflows/domain/entries/known';
import { contactZone } from '../../workflows/domain/timing/zone';
import type { DbOrTx } from '../client';
import { readKnown } from './known';
import { mayBe } from './segment-filter';
import { readSegments } from './segments';
import { readSettings } from './settings';

/** A condition with everything that it takes to find whom it holds for. */
export interface Finding {
  condition: Condition;
  segments: Segments;
  defaultZone: string;
  needs: Needs;
  /** Epoch milliseconds. */
  at: number;
  filter: Prisma.Sql | null;
  /** Besides: address, name or company contain it. */
  q: string | null;
}

export async function findingOf(
  db: DbOrTx,
  condition: Condition,
  { at, q = null }: { at: Date; q?: string | null },
): Promise<Finding> {
  const { settings } = await readSettings(db);
  const segments = await readSegments(db, settings.eventGroups);
  const own = spellOut(condition, settings.eventGroups);
  const needs = needsOf([own], segments);
  const filter = mayBe(own, { segments, at: at.getTime() });
  return { condition: own, segments, needs, filter, defaultZone: settings.defaultZone, at: at.getTime(), q };
}

export interface FoundPage {
  /** Whom it holds for, in the order of the page. */
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

/** Few enough for the statement time-out, whatever it takes to sort them out. */
const WINDOW = 10_000;

/** Looks at the next `size` contacts that it may hold for, newest first, below the id `after`; at fewer of a long list. */
export async function findPage(db: DbOrTx, finding: Finding, page: FindingPage): Promise<FoundPage> {
  const looked = await candidates(db, finding, page);
  const known = await readKnown(db, looked.ids, { needs: finding.needs, at: finding.at });
  const holding = new Set(known.filter((contact) => holdsFor(contact, finding)).map(({ id }) => id));
  return { ids: looked.ids.filter((id) => holding.has(id)), next: looked.next };
}

function holdsFor(contact: Awaited<ReturnType<typeof readKnown>>[number], finding: Finding): boolean {
  const { condition, segments, at, defaultZone } = finding;
  const zone = contactZone(contact.contact, defaultZone);
  const asked = { condition, segments, journeyKey: null, properties: {}, at, zone };
  return evaluate(condition, factsOf(contact, asked)).holds;
}

async function candidates(
  db: DbOrTx,
  { filter, q }: Finding,
  { after, size, window = WINDOW }: FindingPage,
): Promise<FoundPage> {
  const like = `%${(q ?? '').trim().replace(/[\\%_]/g, '\\$&')}%`;
  const looked = filter === null && q === null ? size : Math.max(size, window);
  const [row] = await db.$queryRaw<{ ids: string[]; last: string | null; count: number }[]>`
    with page as materialized (
      select * from contact
      where merged_into is null and erased_at is null ${after === null ? Prisma.empty : Prisma.sql`and id < ${after}::uuid`}
      order by id desc limit ${looked}::int),
    found as (
      select c.id from page c
      where true
        ${filter === null ? Prisma.empty : Prisma.sql`and ${filter}`}
        ${q === null ? Prisma.empty : Prisma.sql`and (c.email ilike ${like} or c.first_name ilike ${like} or c.last_name ilike ${like} or c.company ilike ${like})`}
      order by c.id desc limit ${size}::int)
    select coalesce((select array_agg(id order by id desc) from found), '{}') as ids,
      (select id from page order by id limit 1) as last, (select count(*)::int from page) as count`;
  const { ids = [], last = null, count = 0 } = row ?? {};
  if (ids.length === size) return { ids, next: ids.at(-1) ?? null };
  return { ids, next: count < looked ? null : last };
}

export interface Counted {
  count: number;
  /** False where the time was over before everybody had been looked at: then it is at least that many. */
  complete: boolean;
}

/** How many contacts it holds for, within so many milliseconds. */
export async function countPeople(db: DbOrTx, finding: Finding, withinMs: number): Promise<Counted> {
  const until = performance.now() + withinMs;
  let count = 0;
  for (let after: string | null = null; ;) {
    const page: FoundPage = await findPage(db, finding, { after, size: 1_000 });
    count += page.ids.length;
    after = page.next;
    if (after === null) return { count, complete: true };
    if (performance.now() > until) return { count, complete: false };
  }
}

export interface FoundPeople {
  ids: string[];
  /** Where to go on; null where there is nobody else. */
  next: string | null;
}

/** The first `limit` whom it holds for; fewer where that takes longer than so many milliseconds. */
export async function findPeople(
  db: DbOrTx,
  finding: Finding,
  { after, limit, withinMs }: { after: string | null; limit: number; withinMs: number },
): Promise<FoundPeople> {
  const until = performance.now() + withinMs;
  const ids: string[] = [];
  for (let from = after; ;) {
    const page: FoundPage = await findPage(db, finding, { after: from, size: 500 });
    ids.push(...page.ids);
    from = page.next;
    const isFull = ids.length > limit || (ids.length === limit && from !== null);
    if (isFull) return { ids: ids.slice(0, limit), next: ids[limit - 1] ?? null };
    if (from === null || performance.now() > until) return { ids, next: from };
  }
}

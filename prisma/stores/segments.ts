import type { Segment } from '../generated/client';
import type { Condition } from '../../workflows/domain/conditions/condition';
import { segmentsNamed } from '../../workflows/domain/conditions/needs';
import { builtInSegments, nameOfBuiltIn } from '../../workflows/domain/conditions/segments';
import type { JsonObject } from '../../workflows/domain/json';
import { checkCondition, checkSegmentCycle, checkSegmentSizes } from '../../workflows/journeys/check-condition';
import type { Problem } from '../../workflows/journeys/problem';
import { inTransaction, type Db, type DbOrTx, type Tx } from '../client';
import { lookupsOf } from './journeys';
import { lockWatching, watchFromNow, WATCHING } from './pump/watching';
import { readSegments } from './saved-segments';
import { readSettings } from './settings';

export interface StoredSegment {
  key: string;
  name: string;
  where: Condition;
  /** 0 for those that every installation has. */
  revision: number;
  createdAt: Date | null;
  updatedAt: Date | null;
}

/** A segment as its watch knows it: nobody is counted for it. */
export interface ListedSegment extends StoredSegment {
  /** People in it at `countedAt`; null where they were not counted yet, or it is not watched. */
  count: number | null;
  countedAt: Date | null;
  /** Everybody has been looked at since it is watched. */
  known: boolean;
}

interface WatchedKey extends Pick<ListedSegment, 'count' | 'countedAt' | 'known'> {
  key: string;
}

/** By key; the built-in ones are among them. `after` is the key that the page before ended with. */
export async function listSegments(
  db: DbOrTx,
  { after, limit }: { after: string | null; limit: number },
): Promise<ListedSegment[]> {
  // Compared byte by byte: in the order of a language hyphens count for nothing, and pages would not meet.
  const keys = await db.$queryRaw<WatchedKey[]>`
    with named as (
      select key collate "C" as key from segment
      union select unnest(${Object.keys(builtInSegments)}::text[]) collate "C")
    select n.key, w.people as count, w.counted_at as "countedAt", coalesce(w.known, false) as known
    from named n left join segment_watch w on w.key = n.key
    where n.key > ${after ?? ''} order by n.key limit ${limit}::int`;
  const rows = await db.segment.findMany({ where: { key: { in: keys.map(({ key }) => key) } } });
  const stored = new Map(rows.map((row) => [row.key, asStored(row)]));
  return keys.flatMap(({ key, ...watched }) => {
    const segment = builtIn(key) ?? stored.get(key);
    return segment === undefined ? [] : [{ ...segment, ...watched }];
  });
}

export async function findSegment(db: DbOrTx, key: string): Promise<StoredSegment | null> {
  const own = builtIn(key);
  if (own) return own;
  const row = await db.segment.findUnique({ where: { key } });
  return row && asStored(row);
}

function builtIn(key: string): StoredSegment | null {
  const where = Object.hasOwn(builtInSegments, key) ? builtInSegments[key] : undefined;
  return where === undefined
    ? null
    : { key, name: nameOfBuiltIn(key), where, revision: 0, createdAt: null, updatedAt: null };
}

export type SegmentSaved =
  | { kind: 'saved'; segment: StoredSegment; created: boolean }
  | { kind: 'invalid'; problems: Problem[] }
  | { kind: 'conflict' }
  | { kind: 'built-in' };

/** Stores a segment whose names exist and that does not lead back to itself. With `expected` only over that revision. */
export async function saveSegment(
  db: Db,
  key: string,
  { name, where, expected }: { name: string; where: JsonObject; expected: number | null },
): Promise<SegmentSaved> {
  if (Object.hasOwn(builtInSegments, key)) return { kind: 'built-in' };
  return inTransaction(
    db,
    async (tx) => {
      await lockWatching(tx);
      const found = await tx.segment.findUnique({ where: { key } });
      if (expected !== null && expected !== (found?.revision ?? 0)) return { kind: 'conflict' };
      const checked = await checkWhere(tx, where, key);
      if (!checked.ok) return { kind: 'invalid', problems: checked.problems };
      const data = {
        name,
        condition: where,
        revision: (found?.revision ?? 0) + 1,
        updatedAt: new Date(),
      };
      const row = await tx.segment.upsert({ where: { key }, create: { key, ...data }, update: data });
      await watchFromNow(tx, (await readSettings(tx)).settings);
      return { kind: 'saved', segment: asStored(row), created: found === null };
    },
    WATCHING,
  );
}

/** Checks a condition as one of a segment: without `key`, of none in particular. */
export async function checkWhere(
  db: DbOrTx,
  where: unknown,
  key?: string,
): Promise<{ ok: true; condition: Condition } | { ok: false; problems: Problem[] }> {
  const lookups = await lookupsOf(db);
  const checked = checkCondition(where, lookups);
  if (!checked.ok || key === undefined) return checked;
  const saved = lookups.savedSegments ?? {};
  const cycles = checkSegmentCycle(key, checked.condition, saved);
  const problems = cycles.length > 0 ? cycles : checkSegmentSizes(key, checked.condition, saved);
  return problems.length > 0 ? { ok: false, problems } : checked;
}

export type SegmentDeleted =
  | { kind: 'deleted' }
  | { kind: 'missing' }
  | { kind: 'conflict' }
  | { kind: 'built-in' }
  /** Somebody would find nobody in it from now on. */
  | { kind: 'used'; journeys: string[]; segments: string[] };

export async function deleteSegment(db: Db, key: string, expected: number | null): Promise<SegmentDeleted> {
  if (Object.hasOwn(builtInSegments, key)) return { kind: 'built-in' };
  return inTransaction(
    db,
    async (tx) => {
      await lockWatching(tx);
      const found = await tx.segment.findUnique({ where: { key } });
      if (!found) return { kind: 'missing' };
      if (expected !== null && expected !== found.revision) return { kind: 'conflict' };
      const journeys = await journeysNaming(tx, key);
      const others = Object.entries(await readSegments(tx, {})).filter(([name]) => name !== key);
      const segments = others.filter(([, where]) => segmentsNamed([where]).includes(key)).map(([name]) => name);
      if (journeys.length + segments.length > 0) return { kind: 'used', journeys, segments };
      await tx.segment.delete({ where: { key } });
      await watchFromNow(tx, (await readSettings(tx)).settings);
      return { kind: 'deleted' };
    },
    WATCHING,
  );
}

/**
 * Journeys that let people in by a version that names it, have people inside who may come to ask for it, or are asked to
 * take whom it says.
 */
async function journeysNaming(tx: Tx, key: string): Promise<string[]> {
  const rows = await tx.$queryRaw<{ key: string }[]>`
    select distinct v.journey_key as key
    from journey_version v join journey j on j.key = v.journey_key
    where jsonb_path_exists(v.graph, '$.** ? (@.segment == $key)', jsonb_build_object('key', ${key}::text))
      and (v.id = j.published_id and j.status in ('published', 'paused')
        or exists (select from enrollment e where e.version_id = v.id and e.journey_key = j.key and e.status <> 'finished'))
    union
    select input->>'journey' from job
    where kind = 'enroll-many' and state in ('queued', 'running')
      and jsonb_path_exists(input, '$.who.** ? (@.segment == $key)', jsonb_build_object('key', ${key}::text))
    order by 1`;
  return rows.map((row) => row.key);
}

function asStored({ key, name, condition, revision, createdAt, updatedAt }: Segment): StoredSegment {
  // Only saveSegment writes this column, checked.
  return { key, name, where: condition as Condition, revision, createdAt, updatedAt };
}

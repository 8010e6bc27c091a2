import { Prisma } from '../generated/client';
import type { DbOrTx } from '../client';
import { conditionsOf, type EnrollmentFilter } from './enrollment-views';

/** An open enrollment that something is to be done to. */
export interface Matched {
  id: string;
  journeyKey: string;
}

/** The next open enrollments that fit, by id. */
export function matchOpen(
  db: DbOrTx,
  filter: EnrollmentFilter,
  { after, limit }: { after: string | null; limit: number },
): Promise<Matched[]> {
  return db.$queryRaw<Matched[]>`
    SELECT e.id, e.journey_key AS "journeyKey"
    FROM enrollment e JOIN journey_version v ON v.id = e.version_id
    WHERE ${whereOf(filter)} AND (${after}::uuid IS NULL OR e.id > ${after}::uuid)
    ORDER BY e.id LIMIT ${limit}::int`;
}

export interface MatchedCount {
  journey: string;
  status: string;
  stepId: string | null;
  /** Why they need attention. */
  code: string | null;
  count: number;
}

/** How many open enrollments fit, by where they are; the most first. */
export function countOpen(db: DbOrTx, filter: EnrollmentFilter): Promise<MatchedCount[]> {
  return db.$queryRaw<MatchedCount[]>`
    SELECT e.journey_key AS journey, e.status, e.step_id AS "stepId", e.attention->>'code' AS code, count(*)::int AS count
    FROM enrollment e JOIN journey_version v ON v.id = e.version_id
    WHERE ${whereOf(filter)}
    GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC, 1, 3`;
}

function whereOf(filter: EnrollmentFilter): Prisma.Sql {
  return Prisma.join([Prisma.sql`e.status <> 'finished'`, ...conditionsOf(filter)], ' AND ');
}

import { Prisma } from '../generated/client';
import type { Json } from '../../workflows/domain/json';
import type { Diversion } from '../../workflows/domain/visits/diversion';
import { journeyWorkflowId } from '../../workflows/contract/journey';
import type { DbOrTx } from '../client';

export const enrollmentStatuses = ['active', 'held', 'needs_attention', 'finished'] as const;
export type EnrollmentStatus = (typeof enrollmentStatuses)[number];

export interface EnrollmentView {
  id: string;
  journey: string;
  version: number;
  contactId: string;
  status: EnrollmentStatus;
  stepId: string | null;
  visit: number;
  /** Since when and until when the present step waits; null where it does not, or waits for a behaviour alone. */
  waitingSince: Date | null;
  waitingUntil: Date | null;
  /** What it is to leave with, once it has asked. */
  leaving: string | null;
  /** The exit that sent it on at a step. */
  diverted: Diversion | null;
  outcome: string | null;
  /** Why it needs a person. */
  attention: Json;
  /** Paused by itself; a pause of something larger is not counted. */
  paused: boolean;
  workflowId: string;
  enteredAt: Date;
  endedAt: Date | null;
}

export interface EnrollmentFilter {
  contactId?: string | undefined;
  journey?: string | undefined;
  status?: EnrollmentStatus | undefined;
  stepId?: string | undefined;
  /** Number of the journey's version. */
  version?: number | undefined;
  /** Code of why it needs attention. */
  code?: string | undefined;
  /** Needs attention, or else is in its journey, since before this instant. */
  before?: Date | undefined;
}

/** Newest first, below the id `after`. */
export function listEnrollments(
  db: DbOrTx,
  filter: EnrollmentFilter,
  { after, limit }: { after: string | null; limit: number },
): Promise<EnrollmentView[]> {
  const below = after === null ? [] : [Prisma.sql`e.id < ${after}::uuid`];
  return select(db, [...conditionsOf(filter), ...below], limit);
}

/** The filter on `enrollment e` and `journey_version v`. */
export function conditionsOf(filter: EnrollmentFilter): Prisma.Sql[] {
  const { contactId, journey, status, stepId, version, code, before } = filter;
  return [
    ...(contactId === undefined ? [] : [Prisma.sql`e.contact_id = ${contactId}::uuid`]),
    ...(journey === undefined ? [] : [Prisma.sql`e.journey_key = ${journey}`]),
    ...(status === undefined ? [] : [Prisma.sql`e.status = ${status}`]),
    ...(stepId === undefined ? [] : [Prisma.sql`e.step_id = ${stepId}`]),
    ...(version === undefined ? [] : [Prisma.sql`v.number = ${version}`]),
    ...(code === undefined ? [] : [Prisma.sql`e.attention->>'code' = ${code}`]),
    ...(before === undefined
      ? []
      : [Prisma.sql`coalesce((e.attention->>'since')::timestamptz, e.entered_at) < ${before}`]),
  ];
}

export async function getEnrollment(db: DbOrTx, id: string): Promise<EnrollmentView | null> {
  return (await select(db, [Prisma.sql`e.id = ${id}::uuid`], 1))[0] ?? null;
}

async function select(db: DbOrTx, conditions: readonly Prisma.Sql[], limit: number): Promise<EnrollmentView[]> {
  const where = Prisma.join([Prisma.sql`true`, ...conditions], ' AND ');
  const rows = await db.$queryRaw<Omit<EnrollmentView, 'workflowId'>[]>`
    SELECT e.id, e.journey_key AS journey, v.number AS version, e.contact_id AS "contactId", e.status,
           e.step_id AS "stepId", e.visit, open.arrived_at AS "waitingSince",
           coalesce(deferred.until, open.deadline) AS "waitingUntil", e.leaving, e.diverted, e.outcome, e.attention,
           EXISTS (SELECT 1 FROM hold h WHERE h.enrollment_id = e.id AND h.lifted_at IS NULL) AS paused,
           e.entered_at AS "enteredAt", e.ended_at AS "endedAt"
    FROM enrollment e
    JOIN journey_version v ON v.id = e.version_id
    LEFT JOIN step_visit open
      ON open.enrollment_id = e.id AND open.visit = e.visit AND open.outcome IS NULL AND e.status <> 'finished'
    -- A step may send on several channels: the first of them is what it waits for.
    LEFT JOIN LATERAL (
      SELECT min(s.deferred_until) AS until FROM send s
      WHERE s.enrollment_id = e.id AND s.visit = open.visit AND s.state = 'deferred') deferred ON true
    WHERE ${where} ORDER BY e.id DESC LIMIT ${limit}`;
  return rows.map((row) => ({ ...row, workflowId: journeyWorkflowId(row.journey, row.id) }));
}

export interface VisitView {
  visit: number;
  stepId: string;
  kind: string;
  arrivedAt: Date;
  deadline: Date | null;
  leftAt: Date | null;
  outcome: string | null;
}

/** Every arrival at a step, first to last. */
export function listVisits(db: DbOrTx, enrollmentId: string): Promise<VisitView[]> {
  return db.stepVisit.findMany({
    where: { enrollmentId },
    orderBy: { visit: 'asc' },
    select: { visit: true, stepId: true, kind: true, arrivedAt: true, deadline: true, leftAt: true, outcome: true },
  });
}

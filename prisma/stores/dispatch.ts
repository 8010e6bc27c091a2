import type { VisitOutcome } from '../../workflows/contract/visits';
import type { DbOrTx, Tx } from '../client';
import { Prisma } from '../generated/client';

export interface DispatchInsert {
  enrollmentId: string;
  workflowId: string;
  kind: 'start' | 'wake' | 'released';
  visit: number | null;
  /** `leave` and `restart` are of the enrollment, the others of the visit. */
  outcome: VisitOutcome | 'leave' | 'restart' | null;
}

/** Owes Temporal starts and wake-ups, in this order. Written under the contacts' locks, so ids rise in commit order. */
export async function insertDispatch(tx: Tx, rows: readonly DispatchInsert[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.$executeRaw`
    insert into dispatch (enrollment_id, workflow_id, kind, visit, outcome)
    select x.enrollment_id, x.workflow_id, x.kind, x.visit, x.outcome
    from unnest(${rows.map((row) => row.enrollmentId)}::uuid[], ${rows.map((row) => row.workflowId)}::text[],
                ${rows.map((row) => row.kind)}::text[], ${rows.map((row) => row.visit)}::int[],
                ${rows.map((row) => row.outcome)}::text[])
      with ordinality as x(enrollment_id, workflow_id, kind, visit, outcome, i)
    order by x.i`;
}

export interface ClaimedDispatch {
  id: bigint;
  enrollmentId: string;
  workflowId: string;
  kind: 'start' | 'wake' | 'released';
  visit: number | null;
  outcome: string | null;
  attempts: number;
  contactId: string;
  journeyKey: string;
  journeyName: string;
  versionId: string;
  version: number;
  /** Its start was delivered. */
  started: boolean;
  finished: boolean;
}

/** `start` is paced, `wake` takes wake-ups and releases. */
export type Lane = 'start' | 'wake';

/** Spelled out, so that each finds its own partial index. */
const ofLane = {
  start: Prisma.sql`d.kind = 'start'`,
  wake: Prisma.sql`d.kind <> 'start'`,
} satisfies Record<Lane, Prisma.Sql>;

/**
 * Takes the next rows of a lane for `leaseSeconds`: only the oldest of a workflow, so that one is delivered at a time
 * and in order. Whoever dies with them loses them to the next after that time.
 */
export function claimDispatch(
  db: DbOrTx,
  { lane, limit, leaseSeconds }: { lane: Lane; limit: number; leaseSeconds: number },
): Promise<ClaimedDispatch[]> {
  return db.$queryRaw<ClaimedDispatch[]>`
    with head as (
      select d.id from dispatch d
      where not d.parked and ${ofLane[lane]} and d.not_before <= clock_timestamp()
        and (d.taken_until is null or d.taken_until < clock_timestamp())
        and not exists (select from dispatch o where o.workflow_id = d.workflow_id and o.id < d.id)
      order by d.id limit ${limit}::int
      for update of d skip locked),
    taken as (
      update dispatch d set taken_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::int),
                            attempts = d.attempts + 1
      from head where d.id = head.id returning d.*)
    select d.id, d.enrollment_id as "enrollmentId", d.workflow_id as "workflowId", d.kind, d.visit, d.outcome,
           d.attempts, e.contact_id as "contactId", e.journey_key as "journeyKey",
           coalesce(v.graph->>'name', e.journey_key) as "journeyName", e.version_id as "versionId",
           v.number as version, e.started, e.status = 'finished' as finished
    from taken d join enrollment e on e.id = d.enrollment_id join journey_version v on v.id = e.version_id
    order by d.id`;
}

/** It has arrived. A start is remembered with the enrollment: only then does "not found" mean closed. */
export async function deleteDelivered(db: DbOrTx, { id, kind }: Pick<ClaimedDispatch, 'id' | 'kind'>): Promise<void> {
  if (kind !== 'start') {
    await db.$executeRaw`delete from dispatch where id = ${id}`;
    return;
  }
  await db.$executeRaw`
    with gone as (delete from dispatch where id = ${id} returning enrollment_id)
    update enrollment e set started = true from gone where e.id = gone.enrollment_id`;
}

/** Not delivered: again after `seconds`, or not before a person says so. `counts` is false for an outage. */
export async function postponeDispatch(
  db: DbOrTx,
  id: bigint,
  { seconds, error, parked, counts }: { seconds: number; error: string; parked: boolean; counts: boolean },
): Promise<void> {
  await db.$executeRaw`
    update dispatch set taken_until = null, error = ${error}, parked = ${parked},
      attempts = attempts - case when ${counts} then 0 else 1 end,
      not_before = clock_timestamp() + make_interval(secs => ${seconds}::double precision)
    where id = ${id}`;
}

/** Starts that have been delivered and have given their first answer, of any kind. */
export async function readAnswered(db: DbOrTx, enrollmentIds: readonly string[]): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select id from enrollment
    where id = any(${enrollmentIds}::uuid[]) and (visit > 0 or status <> 'active')`;
  return rows.map(({ id }) => id);
}

/** Those that failed too often, for people to see; `unparkDispatch` tries them again. */
export function readParked(db: DbOrTx, limit = 100): Promise<ParkedDispatch[]> {
  return db.$queryRaw<ParkedDispatch[]>`
    select id, enrollment_id as "enrollmentId", kind, error, attempts, created_at as "createdAt"
    from dispatch where parked order by id limit ${limit}::int`;
}

export interface ParkedDispatch {
  id: bigint;
  enrollmentId: string;
  kind: string;
  error: string | null;
  attempts: number;
  createdAt: Date;
}

/** Answers how many there were. */
export function unparkDispatch(db: DbOrTx): Promise<number> {
  return db.$executeRaw`
    update dispatch set parked = false, attempts = 0, not_before = clock_timestamp() where parked`;
}

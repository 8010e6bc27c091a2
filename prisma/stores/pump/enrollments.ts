import type { VisitOutcome } from '../../../workflows/contract/visits';
import type { JsonObject } from '../../../workflows/domain/json';
import type { Where } from '../../../workflows/domain/conditions/condition';
import type { Diversion } from '../../../workflows/domain/visits/diversion';
import type { DbOrTx, Tx } from '../../client';

export interface EnrollmentRow {
  id: string;
  contactId: string;
  journeyKey: string;
  versionId: string;
  n: number;
  entryKey: string;
  finished: boolean;
  leaving: string | null;
  diverted: Diversion | null;
  visit: number;
  stepId: string | null;
  enteredAt: Date;
  endedAt: Date | null;
}

/** All enrollments of these contacts, first to last. */
export function readEnrollments(tx: DbOrTx, contactIds: readonly string[]): Promise<EnrollmentRow[]> {
  return tx.$queryRaw<EnrollmentRow[]>`
    select id, contact_id as "contactId", journey_key as "journeyKey", version_id as "versionId", n,
           entry_key as "entryKey", status = 'finished' as finished, leaving, diverted, visit, step_id as "stepId",
           entered_at as "enteredAt", ended_at as "endedAt"
    from enrollment where contact_id = any(${contactIds}::uuid[])
    order by contact_id, journey_key, n`;
}

export interface SubscriptionRow {
  contactId: string;
  enrollmentId: string;
  visit: number;
  slot: number;
  stepId: string;
  types: string[];
  ofSteps: string[];
  where: Where | null;
  deadline: Date | null;
  firstLate: bigint | null;
}

/** The live subscriptions of these contacts, with the turn of the first event accepted after each one's deadline. */
export function readSubscriptions(tx: Tx, contactIds: readonly string[]): Promise<SubscriptionRow[]> {
  return tx.$queryRaw<SubscriptionRow[]>`
    select s.contact_id as "contactId", s.enrollment_id as "enrollmentId", s.visit, s.slot::int, v.step_id as "stepId",
           s.types, coalesce(s.of_steps, '{}') as "ofSteps", s."where", s.deadline,
           case when s.deadline <= clock_timestamp() then (
             select min(e.turn) from event e where e.contact_id = s.contact_id and e.received_at >= s.deadline
           ) end as "firstLate"
    from wait_subscription s
    join step_visit v on v.enrollment_id = s.enrollment_id and v.visit = s.visit and v.outcome is null
    where s.contact_id = any(${contactIds}::uuid[])`;
}

/** The enrollment and step of each of these messages. */
export function readSends(tx: Tx, sendIds: readonly string[]): Promise<SentRow[]> {
  if (sendIds.length === 0) return Promise.resolve([]);
  return tx.$queryRaw<SentRow[]>`
    select id, enrollment_id as "enrollmentId", step_id as "stepId"
    from send where id = any(${sendIds}::uuid[]) and enrollment_id is not null`;
}

export interface SentRow {
  id: string;
  enrollmentId: string;
  stepId: string;
}

/** The outcome of a visit, and what brought it about. */
export interface WinRow {
  enrollmentId: string;
  visit: number;
  outcome: VisitOutcome;
  winnerSeq: bigint;
  mark: bigint;
  /** Epoch milliseconds. */
  at: number;
}

/** Writes winner and outcome together, and deletes the visits' subscriptions. */
export async function closeWonVisits(tx: Tx, wins: readonly WinRow[]): Promise<void> {
  if (wins.length === 0) return;
  const ids = wins.map(({ enrollmentId }) => enrollmentId);
  const visits = wins.map(({ visit }) => visit);
  await tx.$executeRaw`
    update step_visit v
    set outcome = x.outcome, winner_seq = x.winner, mark = x.mark, left_at = greatest(x.at::timestamptz, v.arrived_at)
    from unnest(${ids}::uuid[], ${visits}::int[], ${wins.map(({ outcome }) => outcome)}::text[],
                ${wins.map(({ winnerSeq }) => winnerSeq)}::bigint[], ${wins.map(({ mark }) => mark)}::bigint[],
                ${wins.map(({ at }) => new Date(at).toISOString())}::text[])
      as x(enrollment_id, visit, outcome, winner, mark, at)
    where v.enrollment_id = x.enrollment_id and v.visit = x.visit and v.outcome is null`;
  await tx.$executeRaw`
    delete from wait_subscription s using unnest(${ids}::uuid[], ${visits}::int[]) as x(enrollment_id, visit)
    where s.enrollment_id = x.enrollment_id and s.visit = x.visit`;
}

export interface LeaveRow {
  enrollmentId: string;
  outcome: string;
  cause: JsonObject;
}

/** The first outcome to leave with stays. */
export async function writeLeaving(tx: Tx, leaves: readonly LeaveRow[]): Promise<void> {
  if (leaves.length === 0) return;
  await tx.$executeRaw`
    update enrollment e set leaving = x.outcome, leaving_cause = x.cause::jsonb
    from unnest(${leaves.map(({ enrollmentId }) => enrollmentId)}::uuid[], ${leaves.map(({ outcome }) => outcome)}::text[],
                ${leaves.map(({ cause }) => JSON.stringify(cause))}::text[]) as x(id, outcome, cause)
    where e.id = x.id and e.leaving is null and e.status <> 'finished'`;
}

export interface DiversionRow {
  enrollmentId: string;
  diversion: Diversion;
}

/** The first diversion stays. What the present visit was waiting for goes with it: nothing may win that any more. */
export async function writeDiversions(tx: Tx, diversions: readonly DiversionRow[]): Promise<void> {
  if (diversions.length === 0) return;
  const ids = diversions.map(({ enrollmentId }) => enrollmentId);
  await tx.$executeRaw`
    update enrollment e set diverted = x.diversion::jsonb
    from unnest(${ids}::uuid[], ${diversions.map(({ diversion }) => JSON.stringify(diversion))}::text[]) as x(id, diversion)
    where e.id = x.id and e.diverted is null and e.status <> 'finished'`;
  await tx.$executeRaw`delete from wait_subscription where enrollment_id = any(${ids}::uuid[])`;
}

export interface NewEnrollment {
  id: string;
  journeyKey: string;
  versionId: string;
  contactId: string;
  n: number;
  entryKey: string;
  turn: bigint;
  properties: JsonObject;
  /** Of the entry event: how many inside events lie between it and something that happened outside. */
  hops: number;
  /** Epoch milliseconds. */
  at: number;
}

/** The first look-back starts at the entry's own turn. */
export async function insertEnrollments(tx: Tx, rows: readonly NewEnrollment[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.$executeRaw`
    insert into enrollment (id, journey_key, version_id, contact_id, n, entry_key, entry_turn, mark, entry, hops,
      entered_at)
    select x.id, x.journey_key, x.version_id, x.contact_id, x.n, x.entry_key, x.turn, x.turn, x.entry::jsonb,
           x.hops, x.at::timestamptz
    from unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ journeyKey }) => journeyKey)}::text[],
                ${rows.map(({ versionId }) => versionId)}::uuid[], ${rows.map(({ contactId }) => contactId)}::uuid[],
                ${rows.map(({ n }) => n)}::int[], ${rows.map(({ entryKey }) => entryKey)}::text[],
                ${rows.map(({ turn }) => turn)}::bigint[],
                ${rows.map(({ properties }) => JSON.stringify(properties))}::text[], ${rows.map(({ hops }) => hops)}::int[],
                ${rows.map(({ at }) => new Date(at).toISOString())}::text[])
      as x(id, journey_key, version_id, contact_id, n, entry_key, turn, entry, hops, at)`;
}

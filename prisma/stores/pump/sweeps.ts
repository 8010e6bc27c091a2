import type { Diversion } from '../../../workflows/domain/visits/diversion';
import type { Graph } from '../../../workflows/journeys/graph';
import { inTransaction, type Db, type Tx } from '../../client';
import { restartAllGone } from '../effects/restart';
import { lockContacts } from './contacts';

/** Rows of one sweep at most; the next one is a minute away. */
const LIMIT = 1000;

/** An enrollment whose status says held while no pause of system, journey, contact or its own is in force. */
export interface HeldRow {
  id: string;
  contactId: string;
  versionId: string;
  visit: number;
  stepId: string | null;
  diverted: Diversion | null;
  /** Steps of its journey that are paused: one of them may be the one it is to take next. */
  pausedSteps: string[];
}

/** A lifted pause counts until its spread is over: whoever it holds has a timer. */
export function readHeldByNothing(db: Db): Promise<HeldRow[]> {
  return db.$queryRaw<HeldRow[]>`
    with active as (
      select * from hold
      where lifted_at is null or lifted_at + make_interval(secs => spread_seconds) > clock_timestamp())
    select e.id, e.contact_id as "contactId", e.version_id as "versionId", e.visit, e.step_id as "stepId",
           e.diverted, array(select a.step_id from active a where a.scope = 'step' and a.journey_key = e.journey_key) as "pausedSteps"
    from enrollment e
    where e.status = 'held' and not exists (
      select from active a
      where a.scope = 'system' or a.enrollment_id = e.id or a.contact_id = e.contact_id
         or (a.scope = 'journey' and a.journey_key = e.journey_key))
    order by e.id limit ${LIMIT}::int`;
}

/** Clears the status and owes each one a `released`. */
export function releaseHeld(db: Db, rows: readonly Pick<HeldRow, 'id' | 'contactId'>[]): Promise<number> {
  return inTransaction(db, async (tx) => {
    await lockContacts(tx, [...new Set(rows.map(({ contactId }) => contactId))]);
    return tx.$executeRaw`
      with cleared as (
        update enrollment set status = 'active' where id = any(${rows.map(({ id }) => id)}::uuid[]) and status = 'held'
        returning id, journey_key)
      insert into dispatch (enrollment_id, workflow_id, kind)
      select id, journey_key || '/' || id, 'released' from cleared order by id`;
  });
}

/** Open enrollments that one call looks at: half a second's work, well below the statement time-out. */
const PAGE = 20_000;

/**
 * Wakes who should have moved this long ago: open, started, nothing owed to it, and neither in a wait that goes on, nor
 * deferred, nor waiting for a provider's word, nor paused, nor with people. One that is to leave always counts, and one
 * that is to go on elsewhere wherever it rests, unless people were asked after that, or it is held on its way. A paused
 * step excludes nobody: whoever stands before it says so again. Looks at the next page of open enrollments after `after`,
 * and answers where it ended: null at the end of all of them.
 */
export async function wakeStalled(db: Db, options: StalledOptions): Promise<StalledPage> {
  const { stalledSeconds, graceSeconds, after, page = PAGE } = options;
  const [row] = await db.$queryRaw<StalledPage[]>`
    with page as materialized (
      select id, contact_id, journey_key, status, attention, leaving, visit, started, created_at,
             case when diverted is not null and diverted->>'taken' is null
               then to_timestamp((diverted->>'at')::float8 / 1000) end as sent_on_at
      from enrollment where status <> 'finished' and (${after}::uuid is null or id > ${after}::uuid)
      order by id limit ${page}::int),
    due as materialized (
      select e.*, t.since
      from page e
      left join step_visit v on v.enrollment_id = e.id and v.visit = e.visit
      cross join (select clock_timestamp() - make_interval(secs => ${stalledSeconds}::int) as since) t
      where e.started and case
        when e.leaving is not null then e.attention->>'code' is distinct from 'workflow-gone'
        when e.sent_on_at is not null and e.status = 'needs_attention'
          then (e.attention->>'since')::timestamptz < e.sent_on_at and e.attention->>'code' <> 'workflow-gone'
        when e.status <> 'active' then false
        when e.sent_on_at is not null then e.sent_on_at < t.since
        when v.visit is null then e.created_at < t.since
        when v.kind = 'wait' and v.outcome is null then v.deadline < t.since
        else greatest(v.arrived_at, v.left_at) < t.since end),
    stalled as materialized (
      select e.id, e.journey_key, e.leaving
      from due e
      where not exists (select from dispatch d where d.workflow_id = e.journey_key || '/' || e.id)
        and (e.leaving is not null or e.sent_on_at is not null or (
          not exists (
            select from send s where s.enrollment_id = e.id and s.visit = e.visit and (
              s.deferred_until > e.since
              or (s.state = 'unknown' and s.begun_at > e.since - make_interval(secs => ${graceSeconds}::int))))
          and not exists (select from hold h where h.lifted_at is null and h.scope = 'system')
          and not exists (
            select from hold h where h.lifted_at is null and h.scope = 'journey' and h.journey_key = e.journey_key)
          and not exists (select from hold h where h.lifted_at is null and h.contact_id = e.contact_id)
          and not exists (select from hold h where h.lifted_at is null and h.enrollment_id = e.id)))
      order by e.id limit ${LIMIT}::int),
    woken as (
      insert into dispatch (enrollment_id, workflow_id, kind, outcome)
      select id, journey_key || '/' || id, 'wake', case when leaving is not null then 'leave' end from stalled order by id
      returning id)
    select (select count(*)::int from woken) as woken,
           case when (select count(*) from stalled) = ${LIMIT}::int then (select id from stalled order by id desc limit 1)
                when (select count(*) from page) = ${page}::int then (select id from page order by id desc limit 1)
           end as next`;
  return row ?? { woken: 0, next: null };
}

export interface StalledOptions {
  stalledSeconds: number;
  /** How long a send may be unknown before the journey goes on. */
  graceSeconds: number;
  /** Where the call before ended; null to begin. */
  after: string | null;
  page?: number;
}

export interface StalledPage {
  woken: number;
  next: string | null;
}

/**
 * Brings back the workflows that are gone while their enrollments are to leave, or to go on elsewhere, so that they do.
 * Answers how many.
 */
export async function restartLeaving(db: Db): Promise<number> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select id from enrollment
    where status = 'needs_attention' and attention->>'code' = 'workflow-gone'
      and (leaving is not null
        or (diverted->>'taken' is null and (diverted->>'at')::float8 / 1000 > extract(epoch from (attention->>'since')::timestamptz)))
    order by id limit ${LIMIT}::int`;
  if (rows.length === 0) return 0;
  const ids = rows.map(({ id }) => id);
  return inTransaction(db, async (tx) => {
    await lockContacts(tx, await contactsOf(tx, ids));
    return restartAllGone(tx, ids);
  });
}

/**
 * Shows people that the workflow behind an open enrollment is not there any more. Answers how many are new. One with a
 * start owed is on its way back.
 */
export function markGone(db: Db, enrollmentIds: readonly string[]): Promise<number> {
  const attention = { code: 'workflow-gone', detail: 'its workflow was ended outside of Nurture' };
  return inTransaction(db, async (tx) => {
    await lockContacts(tx, await contactsOf(tx, enrollmentIds));
    return tx.$executeRaw`
      update enrollment e
      set status = 'needs_attention', attention = ${JSON.stringify(attention)}::jsonb
        || jsonb_build_object('stepId', step_id, 'visit', visit, 'since', clock_timestamp())
      where id = any(${enrollmentIds}::uuid[]) and status <> 'finished'
        and attention->>'code' is distinct from 'workflow-gone'
        and not exists (
          select from dispatch d where d.workflow_id = e.journey_key || '/' || e.id and d.kind = 'start')`;
  });
}

/** Those of these enrollments that are still open. */
export async function readOpen(db: Db, enrollmentIds: readonly string[]): Promise<OpenRow[]> {
  return db.$queryRaw<OpenRow[]>`
    select id, journey_key as "journeyKey" from enrollment
    where id = any(${enrollmentIds}::uuid[]) and status <> 'finished'
      and attention->>'code' is distinct from 'workflow-gone'`;
}

export interface OpenRow {
  id: string;
  journeyKey: string;
}

/** Graphs of these versions. */
export async function readGraphs(db: Db, versionIds: readonly string[]): Promise<Map<string, Graph>> {
  const rows = await db.$queryRaw<{ id: string; graph: Graph }[]>`
    select id, graph from journey_version where id = any(${versionIds}::uuid[])`;
  return new Map(rows.map(({ id, graph }) => [id, graph]));
}

async function contactsOf(tx: Tx, enrollmentIds: readonly string[]): Promise<string[]> {
  const rows = await tx.$queryRaw<{ contactId: string }[]>`
    select distinct contact_id as "contactId" from enrollment where id = any(${enrollmentIds}::uuid[])`;
  return rows.map(({ contactId }) => contactId);
}

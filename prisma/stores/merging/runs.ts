import { yieldingRuns, type Run } from '../../../workflows/domain/merging/runs';
import type { Tx } from '../../client';
import { columnsOf, type JoinRow } from './joining';

/**
 * The runs of the records that go become those of the ones that stay. Where both are in the same journey, the newer
 * leaves, also where the older one is finished and the journey does not let people in again so soon. Locks the enrollments of all of them, by id.
 */
export async function moveRuns(tx: Tx, joins: readonly JoinRow[]): Promise<void> {
  const { from, into } = columnsOf(joins);
  await tx.$queryRaw`
    select id from enrollment where contact_id = any(${[...from, ...into]}::uuid[]) order by id for update`;
  const runs = await tx.$queryRaw<Run[]>`
    select e.id, coalesce(j.b, e.contact_id) as person, e.contact_id as record, e.journey_key as "journeyKey", e.entry_key as "entryKey",
      (extract(epoch from e.entered_at) * 1000)::float8 as "enteredAt",
      case when e.status = 'finished' then (extract(epoch from e.ended_at) * 1000)::float8 end as "endedAt",
      coalesce(v.graph->'reentry', '{"kind": "always"}') as reentry
    from enrollment e join journey_version v on v.id = e.version_id left join unnest(${from}::uuid[], ${into}::uuid[]) j(a, b) on j.a = e.contact_id
    where e.contact_id = any(${[...from, ...into]}::uuid[]) 
      and (e.status <> 'finished' or (e.ended_at is not null and strpos(e.entry_key, '/merged:') = 0))`;
  const yielding = yieldingRuns(runs);
  await makeYield(
    tx,
    yielding.map(({ goes }) => goes),
    yielding.map(({ stays }) => stays),
  );
  await move(tx, from, into);
}

/** Its entry key gives way, so that the older one stays the only open run; its workflow is told to leave. */
async function makeYield(tx: Tx, goes: string[], stays: string[]): Promise<void> {
  if (goes.length === 0) return;
  await tx.$executeRaw`
    with yielding as (
      update enrollment e
      set entry_key = e.entry_key || '/merged:' || e.id, leaving = coalesce(e.leaving, 'merged'),
          leaving_cause = coalesce(e.leaving_cause, jsonb_build_object('kind', 'merge', 'stays', x.stays))
      from unnest(${goes}::uuid[], ${stays}::uuid[]) x(goes, stays)
      where e.id = x.goes
      returning e.id, e.journey_key)
    insert into dispatch (enrollment_id, workflow_id, kind, outcome)
    select id, journey_key || '/' || id, 'wake', 'leave' from yielding order by id`;
}

/** They take the next free numbers, and are woken: what they wait for, an address perhaps, may be there now. */
async function move(tx: Tx, from: string[], into: string[]): Promise<void> {
  await tx.$executeRaw`
    with moved as (
      update enrollment e set contact_id = x.b, n = x.n
      from (
        select a.id, j.b, row_number() over (partition by j.b, a.journey_key order by a.n)
          + coalesce((select max(b.n) from enrollment b where b.contact_id = j.b and b.journey_key = a.journey_key), 0) as n
        from unnest(${from}::uuid[], ${into}::uuid[]) j(a, b) join enrollment a on a.contact_id = j.a) x
      where e.id = x.id
      returning e.id, e.journey_key, e.status, e.leaving)
    insert into dispatch (enrollment_id, workflow_id, kind)
    select id, journey_key || '/' || id, 'wake' from moved where status <> 'finished' and leaving is null order by id`;
}

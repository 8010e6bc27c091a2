import type { JsonObject } from '../../../workflows/domain/json';
import type { Tx } from '../../client';
import { shareConsents } from './consents';
import { columnsOf, type Joining, type JoinRow } from './joining';
import { recordMerges } from './record';
import { endByOptOuts, readOptOutsToShare, shareOptOuts } from './opt-outs';
import { keepWatchesOf } from '../pump/watches';
import { mergeProfiles } from './profiles';
import { moveRuns } from './runs';
import { mergeScores } from './scores';
import { movingTables } from './tables';

export interface Joined extends JoinRow {
  id: string;
  /** Fields of the record that stays which were empty before. */
  filled: JsonObject;
  /** Opt-outs of one record that the other had come back from. */
  again: readonly { scope: string; at: number }[];
}

/**
 * Moves everything of the `from` records to the others, and leaves empty rows that lead there. All are locked, and
 * whoever was joined with them before; nobody is `into` twice, nor on both sides. Takes the address locks it needs, then
 * those of the enrollments.
 */
export async function joinContacts(tx: Tx, joins: readonly Joining[], at: Date): Promise<Joined[]> {
  if (joins.length === 0) return [];
  const { missing, ending, again } = await readOptOutsToShare(tx, joins);
  await shareOptOuts(tx, joins, { missing, at });
  await shareConsents(tx, joins, at);
  await endByOptOuts(tx, joins, ending);
  await moveRuns(tx, joins);
  await moveRows(tx, joins);
  await mergeScores(tx, joins);
  const profiles = await mergeProfiles(tx, joins);
  await leadOn(tx, joins);
  const ids = await recordMerges(tx, joins, { profiles, at });
  return joins.map(({ from, into }, i) => ({
    ...{ from, into, id: ids[i] ?? '', filled: profiles[i]?.filled ?? {} },
    again: again.filter((one) => one.into === into),
  }));
}

async function moveRows(tx: Tx, joins: readonly JoinRow[]): Promise<void> {
  const { from, into } = columnsOf(joins);
  await keepFirstArms(tx, joins);
  for (const table of [...movingTables, 'exposure']) {
    await tx.$executeRawUnsafe(
      `update ${table} t set contact_id = j.b from unnest($1::uuid[], $2::uuid[]) j(a, b) where t.contact_id = j.a`,
      from,
      into,
    );
  }
  await moveMemberships(tx, joins);
  await moveDistinctions(tx, joins);
  await renameUnprocessed(tx, joins);
}

/** One person is in one arm: that which was drawn first. */
async function keepFirstArms(tx: Tx, joins: readonly JoinRow[]): Promise<void> {
  const { from, into } = columnsOf(joins);
  await tx.$executeRaw`
    with drawn as (
      select e.ctid, rank() over (partition by j.b, e.journey_key, e.step_id order by e.at, e.enrollment_id) as place
      from unnest(${from}::uuid[], ${into}::uuid[]) j(a, b) join exposure e on e.contact_id = any(array[j.a, j.b]))
    delete from exposure where ctid in (select ctid from drawn where place > 1)`;
}

/** What held for the one held for the person: it has not turned when it holds of both together. */
async function moveMemberships(tx: Tx, joins: readonly JoinRow[]): Promise<void> {
  const { from, into } = columnsOf(joins);
  await keepWatchesOf(tx, from);
  await tx.$executeRaw`
    with gone as (
      delete from segment_member m using unnest(${from}::uuid[], ${into}::uuid[]) j(a, b) where m.contact_id = j.a
      returning m.segment_key, j.b, m.since)
    insert into segment_member (segment_key, contact_id, since)
    select segment_key, b, min(since) from gone group by segment_key, b
    on conflict do nothing`;
}

/** Who is somebody else than the one is somebody else than both. */
async function moveDistinctions(tx: Tx, joins: readonly JoinRow[]): Promise<void> {
  const { from, into } = columnsOf(joins);
  await tx.$executeRaw`
    with gone as (
      delete from distinct_people d using unnest(${from}::uuid[], ${into}::uuid[]) j(a, b) where j.a in (d.a_id, d.b_id)
      returning j.b as one, case when d.a_id = j.a then d.b_id else d.a_id end as other)
    insert into distinct_people (a_id, b_id)
    select least(one, other), greatest(one, other) from gone where one <> other
    on conflict do nothing`;
}

/** So that "is an event of this person unprocessed" finds those that name the other record by id. */
async function renameUnprocessed(tx: Tx, joins: readonly JoinRow[]): Promise<void> {
  const { from, into } = columnsOf(joins);
  await tx.$executeRaw`
    update event e set keys = e.keys || ('contact:' || j.b)
    from unnest(${from}::uuid[], ${into}::uuid[]) j(a, b)
    where e.keys && array['contact:' || j.a] and not e.processed and e.error is null`;
}

/** Whoever led to the record that goes leads on in one step. Two statements: with `or` the planner reads all contacts. */
async function leadOn(tx: Tx, joins: readonly JoinRow[]): Promise<void> {
  const { from, into } = columnsOf(joins);
  await tx.$executeRaw`
    update contact c set merged_into = j.b
    from unnest(${from}::uuid[], ${into}::uuid[]) j(a, b) where c.merged_into = j.a`;
  await tx.$executeRaw`
    update contact c set merged_into = j.b
    from unnest(${from}::uuid[], ${into}::uuid[]) j(a, b) where c.id = j.a`;
}

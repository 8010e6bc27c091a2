import { columnsOf } from '../../../workflows/domain/scoring/columns';
import type { Before, Recount } from '../../../workflows/domain/scoring/tally';
import type { ScoreState } from '../../../workflows/domain/scoring/state';
import type { Tier } from '../../../workflows/domain/scoring/tiers';
import type { DbOrTx, Tx } from '../../client';

export interface StateRow {
  contactId: string;
  modelId: string | null;
  /** Null where it was never counted. */
  state: ScoreState | null;
  tier: Tier;
  ready: boolean;
  stale: boolean;
  late: boolean;
  /** Epoch milliseconds, see `Tally`; null: ever since. */
  marksSince: number | null;
}

/** Read them under the contacts' locks where something is counted. */
export async function readScoreStates(db: DbOrTx, contactIds: readonly string[]): Promise<Map<string, StateRow>> {
  if (contactIds.length === 0) return new Map();
  const rows = await db.$queryRaw<StateRow[]>`
    select contact_id as "contactId", model_id as "modelId", nullif(state, '{}') as state, tier, ready, stale, late,
           (extract(epoch from marks_since) * 1000)::float8 as "marksSince"
    from score_state where contact_id = any(${contactIds}::uuid[])`;
  return new Map(rows.map((row) => [row.contactId, row]));
}

/** Where somebody stands by a stored state, whatever model made it. */
export function beforeOf(row: StateRow | undefined): Before {
  return { tier: row?.tier ?? 'none', ready: row?.ready ?? false, above: row?.state?.above ?? [] };
}

export interface StateToWrite {
  contactId: string;
  modelId: string | null;
  state: ScoreState;
  /** When time alone will next change something, epoch milliseconds. */
  nextCheckAt: number | null;
  recount: Recount | null;
  marksSince: number;
}

/**
 * Under the contacts' locks. Unless they were just `checked`, a check that is due earlier than need be stays: it finds
 * nothing then, and no index changes with each event.
 */
export async function writeScoreStates(
  tx: Tx,
  states: readonly StateToWrite[],
  { checked }: { checked: boolean },
): Promise<void> {
  if (states.length === 0) return;
  const rows = states.map(({ contactId, modelId, state, nextCheckAt, recount, marksSince }) => {
    // Nothing counted yet decays from nothing: any instant will do.
    const { asOf, ...columns } = columnsOf(state, state.asOf ?? 0);
    const row = { ...columns, id: contactId, modelId, state, ready: state.ready };
    const why = { stale: recount === 'stale', late: recount === 'late' };
    return { ...row, ...why, ...timesOf({ asOf, nextCheckAt, marksSince }) };
  });
  await tx.$executeRaw`
    insert into score_state (contact_id, model_id, state, fit, engagement, decaying, blocked, tier, ready, as_of,
                             next_check_at, stale, late, marks_since)
    select id, "modelId", state, fit, engagement, decaying, blocked, tier, ready, "asOf", "nextCheckAt", stale, late,
           "marksSince"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(id uuid, "modelId" uuid, state jsonb, fit float8,
      engagement float8, decaying jsonb, blocked boolean, tier text, ready boolean, "asOf" timestamptz,
      "nextCheckAt" timestamptz, stale boolean, late boolean, "marksSince" timestamptz)
    on conflict (contact_id) do update set
      model_id = excluded.model_id, state = excluded.state, fit = excluded.fit, engagement = excluded.engagement,
      decaying = excluded.decaying, blocked = excluded.blocked, tier = excluded.tier, ready = excluded.ready,
      as_of = excluded.as_of, stale = excluded.stale, late = excluded.late, marks_since = excluded.marks_since,
      next_check_at = case when ${checked} then excluded.next_check_at
        else least(score_state.next_check_at, excluded.next_check_at) end`;
}

/** A fraction of a millisecond is rounded up: looked at too early nothing would have changed yet. */
function timesOf({ asOf, nextCheckAt, marksSince }: { asOf: number; nextCheckAt: number | null; marksSince: number }) {
  return {
    asOf: new Date(asOf).toISOString(),
    nextCheckAt: nextCheckAt === null ? null : new Date(Math.ceil(nextCheckAt)).toISOString(),
    marksSince: marksSince === -Infinity ? null : new Date(marksSince).toISOString(),
  };
}

/**
 * The sweep counts them anew then, at the latest; until then they stay as they are. They are late: something happened
 * that is not counted. Under their locks.
 */
export async function askCount(tx: Tx, contactIds: readonly string[], at: number): Promise<void> {
  if (contactIds.length === 0) return;
  const due = new Date(at);
  await tx.$executeRaw`
    insert into score_state (contact_id, state, as_of, next_check_at, late)
    select id, '{}', ${due}, ${due}, true from unnest(${contactIds}::uuid[]) x(id)
    on conflict (contact_id) do update set
      next_check_at = least(score_state.next_check_at, excluded.next_check_at), late = true`;
}

/** Those of them whose stored score is still to be counted anew: what it says is of before. Under their locks. */
export async function readOutdated(
  db: DbOrTx,
  contactIds: readonly string[],
  modelId: string | null,
): Promise<Set<string>> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select contact_id as id from score_state
    where contact_id = any(${contactIds}::uuid[]) and (stale or late or model_id is distinct from ${modelId}::uuid)`;
  return new Set(rows.map(({ id }) => id));
}

export interface DueScore {
  id: string;
  /** All of it is to be counted anew. */
  outdated: boolean;
  /** Something that they did is accepted and not counted yet. */
  waiting: boolean;
}

/** Of these contacts those who are due, as they are found under their locks: whoever was merged meanwhile is not. */
export async function readDue(
  tx: Tx,
  contactIds: readonly string[],
  { at, modelId }: { at: Date; modelId: string | null },
): Promise<DueScore[]> {
  return tx.$queryRaw<DueScore[]>`
    select s.contact_id as id, s.stale or s.late or s.model_id is distinct from ${modelId}::uuid as outdated,
      exists (select from event e where not e.processed and e.error is null and e.hops = 0
        and e.keys && (array['contact:' || s.contact_id]
          || array(select i.kind || ':' || i.value from contact_identity i where i.contact_id = s.contact_id))) as waiting
    from score_state s
    where s.contact_id = any(${contactIds}::uuid[]) and s.next_check_at <= ${at}
    order by s.next_check_at`;
}

/** They are looked at again then. Under their locks. */
export async function putOffChecks(tx: Tx, contactIds: readonly string[], until: Date): Promise<void> {
  if (contactIds.length === 0) return;
  await tx.$executeRaw`
    update score_state set next_check_at = ${until} where contact_id = any(${contactIds}::uuid[])`;
}

/** Contacts whose scores time alone has changed by an instant, the longest due first. */
export async function dueScores(db: DbOrTx, { at, limit }: { at: Date; limit: number }): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select contact_id as id from score_state where next_check_at <= ${at} order by next_check_at limit ${limit}::int`;
  return rows.map(({ id }) => id);
}

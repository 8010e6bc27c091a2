import type { Tx } from '../../client';
import { columnsOf, type JoinRow } from './joining';

/**
 * What the two came to is neither's any more: the one that stays is counted anew from the ledger and the history of both.
 * Until then it reads what it came to before.
 */
export async function mergeScores(tx: Tx, joins: readonly JoinRow[]): Promise<void> {
  const { from, into } = columnsOf(joins);
  await tx.$executeRaw`
    with gone as (
      delete from score_state s using unnest(${from}::uuid[], ${into}::uuid[]) j(a, b) where s.contact_id = j.a
      returning s.*, j.b)
    insert into score_state (contact_id, model_id, state, fit, engagement, decaying, blocked, tier, ready, as_of,
                             next_check_at, marks_since, stale)
    select distinct on (b) b, model_id, state, fit, engagement, decaying, blocked, tier, ready, as_of, next_check_at, marks_since,
           true
    from gone order by b, as_of desc
    on conflict (contact_id) do update set
      stale = true, marks_since = greatest(score_state.marks_since, excluded.marks_since)`;
}

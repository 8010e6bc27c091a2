import { columnsOf, scoreFrom } from '../../../workflows/domain/scoring/columns';
import type { ScoreNow } from '../../../workflows/domain/scoring/now';
import type { DbOrTx } from '../../client';
import { readModelNow } from './model';
import { readScores } from './read';
import { openTallies } from './tallies';

/**
 * Scores at an instant, as `readScores` answers them; of people whose records were made one since, counted from what
 * happened to both, without being written: the pump does that when it hears of it.
 */
export async function readScoresNow(
  db: DbOrTx,
  contactIds: readonly string[],
  at = Date.now(),
): Promise<Map<string, ScoreNow>> {
  const scores = await readScores(db, contactIds, at);
  const merged = await db.$queryRaw<{ contactId: string }[]>`
    select contact_id as "contactId" from score_state where contact_id = any(${contactIds}::uuid[]) and stale`;
  if (merged.length === 0) return scores;
  const asked = merged.map(({ contactId }) => ({ contactId, at }));
  for (const [contactId, { tally }] of await openTallies(db, await readModelNow(db), asked)) {
    const { state } = tally;
    if (state.asOf !== null) scores.set(contactId, scoreFrom(columnsOf(state, state.asOf), at));
  }
  return scores;
}

import { advanceScore } from '../../../workflows/domain/scoring/advance';
import { newScore } from '../../../workflows/domain/scoring/new-score';
import type { ScoreState } from '../../../workflows/domain/scoring/state';
import { countAnew, openTally } from '../../../workflows/domain/scoring/tally';
import type { DbOrTx } from '../../client';
import { readScoreInputs } from './inputs';
import { readModelNow } from './model';
import { openTallies } from './tallies';

/**
 * The state of a score at any instant: at one that lies behind what is counted, from scratch by what had happened
 * until then. Both ways come to the same.
 */
export async function readStateAt(
  db: DbOrTx,
  { contactId, at }: { contactId: string; at: number },
): Promise<ScoreState> {
  const now = await readModelNow(db);
  const { tally } = (await openTallies(db, now, [{ contactId, at }])).get(contactId) ?? { tally: null };
  const state = tally?.state ?? newScore();
  if (state.asOf === null || state.asOf <= at) return advanceScore(now.model, state, at).state;
  const read = () => readScoreInputs(db, [contactId], { ...now, fit: true, until: at });
  const inputs = tally?.inputs ?? (await read()).get(contactId) ?? [];
  const past = openTally(newScore(), null);
  const rewrite = { from: -Infinity, fit: true, marksFrom: -Infinity };
  countAnew(past, now.model, { inputs: inputs.filter((input) => input.at <= at), to: at, before: newScore(), rewrite });
  return past.state;
}

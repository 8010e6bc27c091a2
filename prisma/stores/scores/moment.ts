import { advanceScore } from '../../../workflows/domain/scoring/advance';
import { newScore } from '../../../workflows/domain/scoring/new-score';
import type { Scored } from '../../../workflows/domain/scoring/state';
import { countAnew, openTally } from '../../../workflows/domain/scoring/tally';
import type { DbOrTx } from '../../client';
import { readScoreInputs } from './inputs';
import { readModelNow } from './model';
import { openTallies } from './tallies';

/**
 * The state of a score at any instant: at one that lies behind what is counted, from scratch by what had happened
 * until then. Both ways come to the same. With what time alone makes of it after the ledger's last line.
 */
export async function readStateAt(db: DbOrTx, { contactId, at }: { contactId: string; at: number }): Promise<Scored> {
  const now = await readModelNow(db);
  const { tally } = (await openTallies(db, now, [{ contactId, at }])).get(contactId) ?? { tally: null };
  const state = tally?.state ?? newScore();
  if (state.asOf === null || state.asOf <= at) return advanceScore(now.model, state, at);
  const read = () => readScoreInputs(db, [contactId], { ...now, fit: true, until: at });
  const inputs = tally?.inputs ?? (await read()).get(contactId) ?? [];
  const past = openTally(newScore(), null);
  const rewrite = { from: -Infinity, fit: true, marksFrom: -Infinity };
  countAnew(past, now.model, { inputs: inputs.filter((input) => input.at <= at), to: at, before: newScore(), rewrite });
  return { state: past.state, entries: [], marks: [] };
}

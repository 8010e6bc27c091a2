import { Counting } from '../scoring/counting';
import type { ScoreModel } from '../scoring/model';
import { newScore } from '../scoring/new-score';
import { scoreAt } from '../scoring/score-at';
import type { ScoreInput, ScoreState } from '../scoring/state';
import type { Judged } from './tally';

/** What a contact did, and what sales said of them: in the order in which it counts. */
export type PastMoment = { kind: 'input'; input: ScoreInput } | { kind: 'answer'; at: number };

/** What a model makes of a contact's past, at the instant `to`. */
export function judge(model: ScoreModel, past: readonly PastMoment[], to: number): Judged {
  let firstReadyAt: number | null = null;
  const atAnswers: { total: number; ready: boolean }[] = [];
  let counting = new Counting(model, newScore());
  /** One copy of the state serves all inputs up to there. */
  const closeAt = (at: number): ScoreState => {
    counting.advance(at);
    const { state, marks } = counting.done();
    firstReadyAt ??= marks.find((mark) => mark.kind === 'ready' && mark.to === 'yes')?.at ?? null;
    return state;
  };
  for (const moment of past) {
    if (moment.kind === 'input') {
      counting.take(moment.input);
      continue;
    }
    const state = closeAt(moment.at);
    const { total, ready } = scoreAt(model, state, moment.at);
    atAnswers.push({ total, ready });
    counting = new Counting(model, state);
  }
  const { total, tier, ready } = scoreAt(model, closeAt(to), to);
  return { total, tier, ready, firstReadyAt, atAnswers };
}

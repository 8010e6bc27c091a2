import { Counting } from './counting';
import type { ScoreModel } from './model';
import type { Scored, ScoreInput, ScoreState } from './state';

/**
 * The score after one more input; time first advances to it. Fields, fit and given points with an earlier instant
 * count from `state.asOf` on. Throws RangeError for an event that `isLate`: the score is to be counted anew.
 */
export function takeScore(model: ScoreModel, state: ScoreState, input: ScoreInput): Scored {
  const counting = new Counting(model, state);
  counting.take(input);
  return counting.done();
}

import { Counting } from './counting';
import type { ScoreModel } from './model';
import type { Scored, ScoreState } from './state';

/** Lets time pass up to and with an instant: silence, and lines that are crossed, each at its own instant. */
export function advanceScore(model: ScoreModel, state: ScoreState, to: number): Scored {
  const counting = new Counting(model, state);
  counting.advance(to);
  return counting.done();
}

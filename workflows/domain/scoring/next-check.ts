import { Counting } from './counting';
import type { ScoreModel } from './model';
import type { ScoreState } from './state';

/** Steps of time that leave no trace, such as a tier's way out that began: one is enough for any of them. */
const MOST_SILENT_STEPS = 64;

/**
 * When `advanceScore` will next have something to tell: an entry or a mark, at its exact instant. Null: never, unless
 * something happens.
 */
export function nextCheckAt(model: ScoreModel, state: ScoreState): number | null {
  const counting = new Counting(model, state);
  for (let steps = 0; steps < MOST_SILENT_STEPS; steps += 1) {
    if (!counting.step()) return null;
    const { entries, marks, state: then } = counting.done();
    if (entries.length > 0 || marks.length > 0) return then.asOf;
  }
  return counting.done().state.asOf;
}

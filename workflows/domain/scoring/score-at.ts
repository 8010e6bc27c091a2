import { advanceScore } from './advance';
import type { ScoreModel } from './model';
import type { ScoreNow } from './now';
import { gradeOf } from './standing';
import type { ScoreState } from './state';
import { engagementAt, fitOf, totalAt } from './worth';

export interface Standing extends ScoreNow {
  /** Such as A1, by the model's grid. */
  grade: string;
  ready: boolean;
  blocked: boolean;
}

/** How a score stands at an instant, which must not be before `state.asOf`: what was before, only a replay can tell. */
export function scoreAt(model: ScoreModel, state: ScoreState, at: number): Standing {
  const { state: now } = advanceScore(model, state, at);
  const instant = Math.max(at, now.asOf ?? at);
  const [fit, engagement] = [fitOf(now), engagementAt(now, instant)];
  const { tier, ready } = now;
  const blocked = now.blockedBy.length > 0;
  return {
    fit,
    engagement,
    total: totalAt(now, instant),
    tier,
    grade: gradeOf(model.grid, { fit, engagement }),
    ready,
    blocked,
  };
}

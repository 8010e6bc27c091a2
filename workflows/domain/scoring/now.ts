import { tierOf, type Tier } from './tiers';

/** A score as conditions, templates and the API see it. */
export interface ScoreNow {
  fit: number;
  engagement: number;
  /** Both together; 0 while somebody has opted out of everything we would write. */
  total: number;
  /** Falls later than the number does, where the model says so. */
  tier: Tier;
}

/** Of somebody who was given nothing. */
export const noScore: ScoreNow = { fit: 0, engagement: 0, total: 0, tier: 'none' };

/** Without a model that would say more: both together, and the tier of the number. */
export function plainScore(fit: number, engagement: number): ScoreNow {
  const total = fit + engagement;
  return { fit, engagement, total, tier: tierOf(total) };
}

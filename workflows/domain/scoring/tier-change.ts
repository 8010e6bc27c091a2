import type { JsonObject } from '../json';
import { tierOf } from './tiers';

/** What `score.tier_changed` says when points lead from one tier into another; null where they do not. */
export function tierChange(
  { fit, engagement }: { fit: number; engagement: number },
  points: number,
): JsonObject | null {
  const [from, to] = [tierOf(fit + engagement), tierOf(fit + engagement + points)];
  return from === to ? null : { from, to, total: fit + engagement + points };
}

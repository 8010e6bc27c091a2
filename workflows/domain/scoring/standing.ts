import type { Grid, ScoreModel, Tiers } from './model';
import type { ScoreState } from './state';
import type { Tier } from './tiers';

const ranks = { none: 0, low: 1, medium: 2, high: 3 } as const satisfies Record<Tier, number>;

export function rankOf(tier: Tier): number {
  return ranks[tier];
}

/** The tier of a number, whatever was before. */
export function tierFor({ low, medium, high }: Tiers, total: number): Tier {
  if (total >= high) return 'high';
  if (total >= medium) return 'medium';
  return total >= low ? 'low' : 'none';
}

/** Below this many points somebody is on the way out of a tier; there is no way out of the lowest. */
export function exitBelow(tiers: Tiers, tier: Tier): number {
  return tier === 'none' ? -Infinity : tiers[tier] - tiers.slack;
}

/** Such as A1: a letter for fit, a number for engagement. */
export function gradeOf({ fit, engagement }: Grid, points: { fit: number; engagement: number }): string {
  return `${'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.charAt(placeIn(fit, points.fit))}${placeIn(engagement, points.engagement) + 1}`;
}

function placeIn(floors: readonly number[], points: number): number {
  const place = floors.findIndex((floor) => points >= floor);
  return place < 0 ? floors.length : place;
}

/** What readiness asks for, each with its answer at an instant. */
export function readiness({ ready }: ScoreModel, state: ScoreState, it: { fit: number; at: number }) {
  const humanUntil = state.lastHumanAt === null ? null : state.lastHumanAt + ready.humanMs;
  return {
    tier: rankOf(state.tier) >= rankOf(ready.tier),
    fit: it.fit >= ready.fit,
    human: humanUntil !== null && it.at < humanUntil,
    open: state.blockedBy.length === 0,
  };
}

export function isReady(model: ScoreModel, state: ScoreState, it: { fit: number; at: number }): boolean {
  const { tier, fit, human, open } = readiness(model, state, it);
  return tier && fit && human && open;
}

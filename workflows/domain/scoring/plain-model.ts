import type { ScoreModel } from './model';

const day = 86_400_000;

/** Gives no points itself: steps and hands do. Used where no model is published. */
export const plainModel: ScoreModel = {
  fit: [],
  engagement: [],
  resets: [],
  caps: { fit: null, engagement: null, groups: {} },
  silence: null,
  tiers: { low: 1, medium: 26, high: 71, slack: 0, dwellMs: 0 },
  grid: { fit: [25, 15, 1], engagement: [50, 25, 1] },
  ready: { tier: 'high', fit: 15, humanMs: 14 * day, types: [] },
  thresholds: [],
};

import type { ScoreNow } from './now';
import type { ScoreState } from './state';
import type { Tier } from './tiers';
import { fitOf, worthOf } from './worth';

/** A state as it can be read at any later instant without its model: what is stored in columns, for SQL to compute with. */
export interface ScoreColumns {
  fit: number;
  /** Without what decays. */
  engagement: number;
  /** Value at `asOf` and half-life in milliseconds of what decays. */
  decaying: [number, number][];
  blocked: boolean;
  tier: Tier;
  /** Epoch milliseconds. */
  asOf: number;
}

/** Of a state that counts something. */
export function columnsOf(state: ScoreState, asOf: number): ScoreColumns {
  const { given, parts, blockedBy, tier } = state;
  let engagement = given.engagement;
  const decaying: ScoreColumns['decaying'] = [];
  for (const part of parts) {
    if (part.halfLifeMs === null) engagement += part.value;
    else decaying.push([worthOf(part, asOf), part.halfLifeMs]);
  }
  return { fit: fitOf(state), engagement, decaying, blocked: blockedBy.length > 0, tier, asOf };
}

/** The score at an instant; before `asOf` it is what it was then. */
export function scoreFrom({ fit, engagement, decaying, blocked, tier, asOf }: ScoreColumns, at: number): ScoreNow {
  let worth = engagement;
  const passed = Math.max(0, at - asOf);
  for (const [value, halfLifeMs] of decaying) worth += value * Math.pow(0.5, passed / halfLifeMs);
  return { fit, engagement: worth, total: blocked ? 0 : fit + worth, tier };
}

import type { ScoreState } from './state';

/** Of somebody of whom nothing is known. */
export function newScore(): ScoreState {
  return {
    ...{ asOf: null, asOfSeq: null, fit: {}, given: { fit: 0, engagement: 0 }, parts: [], rules: {} },
    ...{ quietSince: null, lastHumanAt: null, blockedBy: [] },
    ...{ tier: 'none', tierSince: null, lowSince: null, ready: false, above: [] },
  };
}

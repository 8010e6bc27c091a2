import type { ScoreModel } from './model';
import { exitBelow, isReady, rankOf, tierFor } from './standing';
import type { MarkOf, ScoreState } from './state';
import type { Tier } from './tiers';
import { engagementAt, fitOf } from './worth';

/** The numbers of one instant. */
interface Reading {
  fit: number;
  engagement: number;
  total: number;
  at: number;
}

/** Brings tier, thresholds and readiness of a working copy up to its points at an instant; says what was crossed. */
export function settle(model: ScoreModel, state: ScoreState, it: { at: number; wasBlocked: boolean }): MarkOf[] {
  const reading = read(state, it.at);
  const marks: MarkOf[] = [];
  const isBlocked = state.blockedBy.length > 0;
  if (isBlocked !== it.wasBlocked)
    marks.push({ kind: 'blocked', from: yesNo(it.wasBlocked), to: yesNo(isBlocked), ...reading });
  if (model.thresholds.length > 0) settleThresholds(model, state, { reading, marks });
  const tier = settleTier(model, state, reading);
  if (tier !== state.tier) {
    marks.push({ kind: 'tier', from: state.tier, to: tier, ...reading });
    Object.assign(state, { tier, tierSince: it.at });
  }
  const ready = isReady(model, state, reading);
  if (ready !== state.ready) {
    marks.push({ kind: 'ready', from: yesNo(state.ready), to: yesNo(ready), ...reading });
    state.ready = ready;
  }
  return marks;
}

function read(state: ScoreState, at: number): Reading {
  const fit = fitOf(state);
  const engagement = engagementAt(state, at);
  return { fit, engagement, total: state.blockedBy.length > 0 ? 0 : fit + engagement, at };
}

function yesNo(it: boolean): string {
  return it ? 'yes' : 'no';
}

/** On the way up the lowest is crossed first, on the way down the highest. */
function settleThresholds(
  { thresholds }: ScoreModel,
  state: ScoreState,
  { reading, marks }: { reading: Reading; marks: MarkOf[] },
): void {
  const { total } = reading;
  const gone = state.above.filter((threshold) => total < threshold).reverse();
  const come = thresholds.filter((threshold) => total >= threshold && !state.above.includes(threshold));
  if (gone.length === 0 && come.length === 0) return;
  for (const one of gone) marks.push({ kind: 'threshold', from: `${one}`, to: `below ${one}`, ...reading });
  for (const one of come) marks.push({ kind: 'threshold', from: `below ${one}`, to: `${one}`, ...reading });
  state.above = thresholds.filter((threshold) => total >= threshold);
}

/** Up at once; down after the dwell, or at once when the score is blocked: hysteresis is against noise, not opt-outs. */
function settleTier({ tiers }: ScoreModel, state: ScoreState, { total, at }: Reading): Tier {
  const now = tierFor(tiers, total);
  const isBlocked = state.blockedBy.length > 0;
  const isLower = rankOf(now) < rankOf(state.tier);
  const isFalling = isLower && (isBlocked || total < exitBelow(tiers, state.tier));
  if (!isFalling) {
    state.lowSince = null;
    return rankOf(now) > rankOf(state.tier) ? now : state.tier;
  }
  const since = state.lowSince ?? at;
  const isOver = isBlocked || at - since >= tiers.dwellMs;
  state.lowSince = isOver ? null : since;
  return isOver ? now : state.tier;
}

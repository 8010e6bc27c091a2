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
  const mark = (kind: MarkOf['kind'], from: string, to: string) => marks.push({ kind, from, to, ...reading });
  const isBlocked = state.blockedBy.length > 0;
  if (isBlocked !== it.wasBlocked) mark('blocked', yesNo(it.wasBlocked), yesNo(isBlocked));
  settleThresholds(model, state, { total: reading.total, mark });
  const tier = settleTier(model, state, reading);
  if (tier !== state.tier) {
    mark('tier', state.tier, tier);
    Object.assign(state, { tier, tierSince: it.at });
  }
  const ready = isReady(model, state, reading);
  if (ready !== state.ready) {
    mark('ready', yesNo(state.ready), yesNo(ready));
    state.ready = ready;
  }
  return marks;
}

function read(state: ScoreState, at: number): Reading {
  const [fit, engagement] = [fitOf(state), engagementAt(state, at)];
  return { fit, engagement, total: state.blockedBy.length > 0 ? 0 : fit + engagement, at };
}

function yesNo(it: boolean): string {
  return it ? 'yes' : 'no';
}

/** On the way up the lowest is crossed first, on the way down the highest. */
function settleThresholds(
  { thresholds }: ScoreModel,
  state: ScoreState,
  { total, mark }: { total: number; mark: (kind: 'threshold', from: string, to: string) => void },
): void {
  const gone = state.above.filter((threshold) => total < threshold).reverse();
  const come = thresholds.filter((threshold) => total >= threshold && !state.above.includes(threshold));
  if (gone.length === 0 && come.length === 0) return;
  for (const threshold of gone) mark('threshold', `${threshold}`, `below ${threshold}`);
  for (const threshold of come) mark('threshold', `below ${threshold}`, `${threshold}`);
  state.above = thresholds.filter((threshold) => total >= threshold);
}

/** Up at once; down after the dwell, or at once when the score is blocked: hysteresis is against noise, not opt-outs. */
function settleTier({ tiers }: ScoreModel, state: ScoreState, { total, at }: Reading): Tier {
  const now = tierFor(tiers, total);
  const isFalling = rankOf(now) < rankOf(state.tier) && total < exitBelow(tiers, state.tier);
  if (!isFalling) {
    state.lowSince = null;
    return rankOf(now) > rankOf(state.tier) ? now : state.tier;
  }
  const since = state.lowSince ?? at;
  const isOver = state.blockedBy.length > 0 || at - since >= tiers.dwellMs;
  state.lowSince = isOver ? null : since;
  return isOver ? now : state.tier;
}

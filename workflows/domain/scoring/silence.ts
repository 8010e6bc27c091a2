import type { ScoreState } from './state';
import { withPoints, worthOf } from './worth';

/** What silence takes at an instant: its points (below 0), but not more than there is. */
export function silencePoints(points: number, engagement: number): number {
  return Math.max(points, 0 - Math.max(0, engagement));
}

/**
 * The parts after silence took points. It takes what stays first. What it takes of points that decay decays with
 * them: otherwise it would still be missing when they are gone, and lead below 0.
 */
export function withSilence({ parts, given }: ScoreState, points: number, at: number): ScoreState['parts'] {
  let [stays, decays] = [given.engagement, 0];
  for (const part of parts) {
    if (part.halfLifeMs === null) stays += part.value;
    else decays += worthOf(part, at);
  }
  const ofStaying = decays <= 0 ? points : Math.max(points, 0 - Math.max(0, stays));
  const kept = decays <= 0 ? 1 : (decays + points - ofStaying) / decays;
  const left = kept === 1 ? parts : parts.flatMap((part) => scaled(part, kept, at));
  return ofStaying === 0 ? [...left] : withPoints(left, { group: '', halfLifeMs: null, at }, ofStaying);
}

function scaled(part: ScoreState['parts'][number], kept: number, at: number): ScoreState['parts'] {
  if (part.halfLifeMs === null) return [part];
  return kept <= 0 ? [] : [{ ...part, value: worthOf(part, at) * kept, at }];
}

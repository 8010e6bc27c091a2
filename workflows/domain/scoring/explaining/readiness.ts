import type { ScoreModel } from '../model';
import { readiness } from '../standing';
import type { Standing } from '../score-at';
import type { ScoreState } from '../state';
import { missing, moment, number, period } from './words';

const parts = ['tier', 'fit', 'human', 'open'] as const;

/** What readiness for sales asks for and is there, and what is missing, in words. */
export function readinessInWords(
  model: ScoreModel,
  state: ScoreState,
  { standing, at }: { standing: Standing; at: number },
): { met: string[]; missing: string[] } {
  const holds = readiness(model, state, { fit: standing.fit, at });
  const words = {
    tier: tierWords(model, standing),
    fit: fitWords(model, standing),
    human: humanWords(model, state),
    open: openWords(state),
  };
  const [met, missing]: [string[], string[]] = [[], []];
  for (const part of parts) (holds[part] ? met : missing).push(words[part]);
  return { met, missing };
}

function tierWords({ ready, tiers }: ScoreModel, { tier, total }: Standing): string {
  const floor = ready.tier === 'none' ? -Infinity : tiers[ready.tier];
  if (tier === ready.tier) return `the tier is ${tier}`;
  const more = missing(floor - total);
  const lacks = total < floor ? `: ${more === '1' ? '1 point' : `${more} points`} more` : '';
  return `the tier is ${tier}, ${ready.tier} is needed${lacks}`;
}

function fitWords({ ready }: ScoreModel, { fit }: Standing): string {
  return `fit is ${number(fit)}, ${ready.fit} ${ready.fit === 1 ? 'is' : 'are'} needed`;
}

function humanWords({ ready }: ScoreModel, { lastHumanAt }: ScoreState): string {
  const asked = `something done in the last ${period(ready.humanMs)} is needed`;
  return lastHumanAt === null
    ? `nothing was done yet, ${asked}`
    : `the last thing was done on ${moment(lastHumanAt)}, ${asked}`;
}

function openWords({ blockedBy }: ScoreState): string {
  return blockedBy.length === 0 ? 'nothing blocks the score' : `${blockedBy.join(' and ')} blocks the score`;
}

import type { ScoreModel } from '../model';
import type { ScoreState } from '../state';
import { fitOf } from '../worth';
import type { RuleSum } from './sums';
import { number, points } from './words';

/** Which caps keep points away: `opens gave 5 of 25 points: its cap of 5 was reached`. */
export function capsThatBit(model: ScoreModel, state: ScoreState, sums: readonly RuleSum[]): string[] {
  const ofRules = sums
    .filter(({ kind, lost }) => kind === 'rule' && lost !== 0)
    .map((sum) => {
      const verb = sum.points + sum.lost < 0 ? 'took' : 'gave';
      const [given, asked] = [Math.abs(sum.points), Math.abs(sum.points + sum.lost)];
      return `${sum.rule} ${verb} ${number(given)} of ${points(asked)}: ${capOf(model, state, sum)} was reached`;
    });
  return [...fitCap(model, state), ...ofRules];
}

/** What fit's rules give changes with the fields, and so does what its cap keeps away: only that it is reached is sure. */
function fitCap({ caps }: ScoreModel, state: ScoreState): string[] {
  const ofRules = fitOf(state) - state.given.fit;
  return caps.fit === null || ofRules < caps.fit ? [] : [`fit has reached its cap of ${caps.fit}`];
}

/** The narrowest cap that the rule is under. */
function capOf({ engagement, caps }: ScoreModel, state: ScoreState, { group, rule }: RuleSum): string {
  const cap = engagement.find(({ id }) => id === rule)?.cap ?? null;
  const own = state.rules[rule]?.points ?? 0;
  const ofGroup = caps.groups[group];
  if (cap !== null && (own >= cap || (ofGroup === undefined && caps.engagement === null))) return `its cap of ${cap}`;
  return ofGroup === undefined
    ? `the cap of ${caps.engagement ?? 0} on engagement`
    : `the cap of ${ofGroup} on ${group}`;
}

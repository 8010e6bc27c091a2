import type { ScoreModel } from '../model';
import type { ScoreState } from '../state';
import { fitOf, partsWorth } from '../worth';
import type { RuleSum } from './sums';
import { number, points } from './words';

/** Which caps keep points away: `opens gave 5 of 25 points: its cap of 5 was reached`. */
export function capsThatBit(
  model: ScoreModel,
  state: ScoreState,
  { sums, at }: { sums: readonly RuleSum[]; at: number },
): string[] {
  const ofRules = sums
    .filter(({ kind, lost }) => kind === 'rule' && lost !== 0)
    .map((sum) => {
      const verb = sum.points + sum.lost < 0 ? 'took' : 'gave';
      const [given, asked] = [Math.abs(sum.points), Math.abs(sum.points + sum.lost)];
      return `${sum.rule} ${verb} ${number(given)} of ${points(asked)}: ${capOf(model, state, { sum, at })} was reached`;
    });
  return [...fitCap(model, state), ...ofRules];
}

/** What fit's rules give changes with the fields, and so does what its cap keeps away: only that it is reached is sure. */
function fitCap({ caps }: ScoreModel, state: ScoreState): string[] {
  const ofRules = fitOf(state) - state.given.fit;
  return caps.fit === null || ofRules < caps.fit ? [] : [`fit has reached its cap of ${caps.fit}`];
}

/** The cap that leaves the rule the least room, of all that it is under. */
function capOf(
  { engagement, caps }: ScoreModel,
  { rules, parts }: ScoreState,
  { sum: { group, rule }, at }: { sum: RuleSum; at: number },
): string {
  const own = engagement.find(({ id }) => id === rule)?.cap ?? null;
  const ofGroup = caps.groups[group];
  const rooms = [
    ...(own === null ? [] : [{ name: `its cap of ${own}`, room: own - (rules[rule]?.points ?? 0) }]),
    ...(ofGroup === undefined
      ? []
      : [{ name: `the cap of ${ofGroup} on ${group}`, room: ofGroup - partsWorth(parts, at, group) }]),
    ...(caps.engagement === null
      ? []
      : [{ name: `the cap of ${caps.engagement} on engagement`, room: caps.engagement - partsWorth(parts, at) }]),
  ];
  return rooms.sort((a, b) => a.room - b.room)[0]?.name ?? 'a cap';
}

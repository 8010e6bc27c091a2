import type { ScoreModel } from '../model';
import type { ScoreState } from '../state';
import { worthOf } from '../worth';
import type { RuleSum } from './sums';
import { list, number, period, points } from './words';

/** What decaying points are worth: `27 points of mail are worth 11.3 now: half of them go every 14 days`. */
export function decayed(
  { engagement }: ScoreModel,
  { parts }: ScoreState,
  { sums, at }: { sums: readonly RuleSum[]; at: number },
): string[] {
  return parts.flatMap((part) => {
    const { group, halfLifeMs } = part;
    if (halfLifeMs === null) return [];
    const rules = engagement.filter((rule) => rule.group === group && rule.halfLifeMs === halfLifeMs);
    const given = sums.filter(({ kind, rule }) => kind === 'rule' && rules.some(({ id }) => id === rule));
    const sum = given.reduce((all, one) => all + one.points, 0);
    const name = group === '' ? list(given.map(({ rule }) => rule)) : group;
    const worth = number(worthOf(part, at));
    return `${points(sum)} of ${name} are worth ${worth} now: half of them go every ${period(halfLifeMs)}`;
  });
}

import { type Complaint, didYouMean, listed, type Path } from '../../journeys/problem';
import type { ScoreModelDocument } from '../document';

/** Numbers that stand in the wrong order, and names that nothing has. */
export function checkLimits(document: ScoreModelDocument): Complaint[] {
  return [
    ...checkGroups(document),
    ...checkTiers(document),
    ...descending(document.grid.fit, ['grid', 'fit']),
    ...descending(document.grid.engagement, ['grid', 'engagement']),
    ...checkThresholds(document),
    ...checkReach(document),
  ];
}

function checkGroups({ engagement, caps }: ScoreModelDocument): Complaint[] {
  const groups = new Set(engagement.flatMap(({ group }) => group ?? []));
  return Object.keys(caps.groups)
    .filter((name) => !groups.has(name))
    .map((name) => {
      const hint = didYouMean(name, groups) ?? (groups.size === 0 ? 'no rule names one' : `groups: ${listed(groups)}`);
      return { path: ['caps', 'groups', name], message: `no engagement rule is of the group \`${name}\``, hint };
    });
}

function checkTiers({ tiers, ready }: ScoreModelDocument): Complaint[] {
  const given = (['low', 'medium', 'high'] as const).flatMap((name) => {
    const floor = tiers[name];
    return floor === undefined ? [] : [{ name, floor }];
  });
  const wrong: Complaint[] = given.flatMap(({ name, floor }, index) => {
    const below = given[index - 1];
    if (below === undefined || below.floor < floor) return [];
    return [{ path: ['tiers', name], message: `\`${name}\` must begin above \`${below.name}\`, at ${below.floor}` }];
  });
  const lowest = given[0];
  if (lowest !== undefined && tiers.slack >= lowest.floor) {
    const message = `\`slack\` must be below ${lowest.floor}, where \`${lowest.name}\` begins: nobody would leave it`;
    wrong.push({ path: ['tiers', 'slack'], message });
  }
  if (tiers[ready.tier] !== undefined) return wrong;
  const hint = `tiers: ${listed(given.map(({ name }) => name))}`;
  return [...wrong, { path: ['ready', 'tier'], message: `this model has no tier \`${ready.tier}\``, hint }];
}

function descending(grades: readonly number[], path: Path): Complaint[] {
  return grades.flatMap((grade, index) => {
    const better = grades[index - 1];
    if (better === undefined || grade < better) return [];
    return [{ path: [...path, index], message: 'a grade must begin below the better one before it' }];
  });
}

function checkThresholds({ thresholds }: ScoreModelDocument): Complaint[] {
  return thresholds.flatMap((threshold, index) => {
    const before = thresholds[index - 1];
    if (before === undefined || before < threshold) return [];
    return [{ path: ['thresholds', index], message: 'thresholds must ascend, each once' }];
  });
}

/** What nobody can reach, since the caps are lower. */
function checkReach({ caps, tiers, ready, thresholds }: ScoreModelDocument): Complaint[] {
  const most = (caps.fit ?? Infinity) + (caps.engagement ?? Infinity);
  const says = (path: Path, number: number): Complaint[] =>
    number <= most ? [] : [{ path, message: `nobody reaches ${number}: with its caps the total is ${most} at most` }];
  const highest = thresholds.length - 1;
  return [
    ...says(['tiers', 'high'], tiers.high),
    ...says(['thresholds', highest], thresholds[highest] ?? 0),
    ...(ready.fit <= (caps.fit ?? Infinity)
      ? []
      : [{ path: ['ready', 'fit'], message: `nobody is ready: the cap of fit is ${caps.fit ?? 0}` }]),
  ];
}

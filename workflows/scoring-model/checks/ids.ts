import type { Complaint, Path } from '../../journeys/problem';
import type { ScoreModelDocument } from '../document';

/** What time takes is told under this name. */
const reserved = ['silence'];

/** Ids that two rules have, or that stand for something else: a score says by them where its points come from. */
export function checkIds({ fit, engagement, resets }: ScoreModelDocument): Complaint[] {
  const seen = new Set<string>();
  const all = [...placed('fit', fit), ...placed('engagement', engagement), ...placed('resets', resets)];
  return all.flatMap(({ id, path }) => {
    if (reserved.includes(id)) return [{ path, message: `a rule cannot be called \`${id}\`` }];
    if (seen.has(id)) return [{ path, message: `there are two rules \`${id}\``, hint: 'give each its own id' }];
    seen.add(id);
    return [];
  });
}

function placed(part: string, rules: readonly { id: string }[]): { id: string; path: Path }[] {
  return rules.map(({ id }, index) => ({ id, path: [part, index, 'id'] }));
}

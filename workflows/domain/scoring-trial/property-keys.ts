import type { Where } from '../conditions/condition';
import type { ScoreModel } from '../scoring/model';

/** The properties of events that a model looks at, at the top level: no others need to be read. */
export function propertyKeysOf({ engagement, resets }: ScoreModel): string[] {
  const paths = [...engagement, ...resets].flatMap(({ where }) => pathsOf(where));
  // `machine` tells people from scanners in every rule. A name with dots may be one key, or a path.
  return [...new Set(['machine', ...paths.flatMap((path) => [path, path.split('.', 1)[0] ?? path])])];
}

function pathsOf(where: Where | null): string[] {
  return Object.keys(where ?? {});
}

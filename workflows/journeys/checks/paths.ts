import type { Placed } from '../outline';
import { waysOut } from '../outline';
import { type Complaint } from '../problem';

/** Step → the steps it may lead to. References are known to be sound. */
export type Ways = ReadonlyMap<string, readonly string[]>;

export function waysBetween(placed: Placed[]): Ways {
  return new Map(
    placed.map((one) => [one.step.id, waysOut(one).flatMap(({ to }) => (to === null ? [] : [to]))] as const),
  );
}

/** All steps that can follow a step, near or far; itself only if a loop leads back. */
export function reachableFrom(start: string, ways: Ways): Set<string> {
  const reached = new Set<string>();
  const open = [...(ways.get(start) ?? [])];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    open.push(...(ways.get(id) ?? []));
  }
  return reached;
}

/** Steps that nobody can come to. */
export function checkReachable(placed: Placed[], ways: Ways): Complaint[] {
  const [first] = placed;
  if (first === undefined) return [];
  const reached = reachableFrom(first.step.id, ways).add(first.step.id);
  return placed
    .filter(({ step }) => !reached.has(step.id))
    .map(({ step, path }) => ({
      path,
      message: `nobody can reach \`${step.id}\``,
      hint: `let a \`next\` name it, or remove it`,
    }));
}

/** The first way that closes a loop, for each loop. */
export function checkLoops(placed: Placed[], ways: Ways): Complaint[] {
  const order = new Map(placed.map(({ step }, index) => [step.id, index]));
  const place = (id: string) => order.get(id) ?? 0;
  return placed.flatMap((one) =>
    waysOut(one).flatMap(({ path, to }) => {
      const id = one.step.id;
      if (to === null || place(to) > place(id)) return [];
      if (!reachableFrom(to, ways).has(id)) return [];
      return [
        {
          path,
          message: `\`${id}\` leads back to \`${to}\`: a loop without a bound`,
          hint: 'loops come with a later release; repeat the steps, or let people enter again by `reentry`',
        },
      ];
    }),
  );
}

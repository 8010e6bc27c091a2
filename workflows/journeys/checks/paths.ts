import type { JourneyDocument } from '../document';
import { type Placed, type Way, waysOut } from '../outline';
import type { Complaint } from '../problem';

/** Step → the steps it may lead to. References are known to be sound. */
export type Ways = ReadonlyMap<string, readonly string[]>;

/** The ways forward: without those of `repeat` steps back. */
export function waysForward(placed: Placed[]): Ways {
  return waysBy(placed, (way) => way.back !== true);
}

/** All ways that somebody may go: back too, and from anywhere to where an exit leads. */
export function allWays(document: JourneyDocument, placed: Placed[]): Ways {
  const own = waysBy(placed, () => true);
  const diverted = document.exits.flatMap(({ next }) => next ?? []);
  return new Map([...own].map(([id, to]) => [id, [...to, ...diverted]] as const));
}

function waysBy(placed: Placed[], counts: (way: Way) => boolean): Ways {
  return new Map(
    placed.map((one) => {
      const ways = waysOut(one).filter(counts);
      return [one.step.id, ways.flatMap(({ to }) => (to === null ? [] : [to]))] as const;
    }),
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
export function checkReachable(document: JourneyDocument, placed: Placed[], ways: Ways): Complaint[] {
  const [first] = placed;
  if (first === undefined) return [];
  const starts = [first.step.id, ...document.exits.flatMap(({ next }) => next ?? [])];
  const reached = new Set(starts.flatMap((id) => [id, ...reachableFrom(id, ways)]));
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
    waysOut(one).flatMap(({ path, to, back }) => {
      const id = one.step.id;
      if (to === null || back || place(to) > place(id)) return [];
      if (to !== id && !reachableFrom(to, ways).has(id)) return [];
      return [
        {
          path,
          message: `\`${id}\` leads back to \`${to}\`: a loop without a bound`,
          hint: `go back by a step { id: again, kind: repeat, from: ${to}, times: 3 }`,
        },
      ];
    }),
  );
}

import type { JourneyDocument } from '../document';
import { type Placed, waysOut } from '../outline';
import { type Complaint, didYouMean, listed } from '../problem';

/** Ids that stand for something else. */
const reserved = ['journey', 'entry'];

/** Ids that are taken twice, or not free. */
export function checkIds(placed: Placed[]): Complaint[] {
  const seen = new Set<string>();
  return placed.flatMap(({ step: { id }, path }) => {
    const here = [...path, 'id'];
    if (reserved.includes(id)) return [{ path: here, message: `a step cannot be called \`${id}\`` }];
    if (seen.has(id)) return [{ path: here, message: `there are two steps \`${id}\``, hint: 'give each its own id' }];
    seen.add(id);
    return [];
  });
}

/** Ways out that lead to a step that is not there, or nowhere. */
export function checkWays({ exits }: JourneyDocument, placed: Placed[]): Complaint[] {
  const ids = new Set(placed.map(({ step }) => step.id));
  const diverting = exits.flatMap(({ next }, index) =>
    next === undefined || ids.has(next) ? [] : [unknownStep(['exits', index, 'next'], next, ids)],
  );
  const complaints = placed.flatMap((one) =>
    waysOut(one).flatMap(({ path, to }) => {
      if (to === null) return [unended(one)];
      return ids.has(to) ? [] : [unknownStep(path, to, ids)];
    }),
  );
  const once = new Map(complaints.map((complaint) => [JSON.stringify(complaint), complaint]));
  return [...diverting, ...once.values()];
}

function unended({ step, path }: Placed): Complaint {
  return {
    path,
    message: `nothing comes after \`${step.id}\`: the path does not end`,
    hint: 'end it with { id: done, kind: exit, outcome: completed }',
  };
}

/** Keys whose value is a step's id; elsewhere it is named by `next`. */
const naming = ['next', 'else', 'from'];

function unknownStep(path: Complaint['path'], to: string, ids: Set<string>): Complaint {
  const named = naming.includes(String(path.at(-1))) ? path : [...path, 'next'];
  return { path: named, message: `there is no step \`${to}\``, hint: didYouMean(to, ids) ?? `steps: ${listed(ids)}` };
}

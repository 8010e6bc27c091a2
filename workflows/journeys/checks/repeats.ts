import type { Placed } from '../outline';
import type { Complaint } from '../problem';
import type { StepSource } from '../steps/step';
import { reachableFrom, type Ways } from './paths';

/** A step is repeated from one that comes before it, and never without time in between. */
export function checkRepeats(placed: Placed[], forward: Ways): Complaint[] {
  return placed.flatMap(({ step, path }) => {
    if (step.kind !== 'repeat') return [];
    const { id, from } = step;
    const here = [...path, 'from'];
    if (!reachableFrom(from, forward).has(id)) {
      const message = `\`${id}\` cannot go back to \`${from}\`: no way leads from there to \`${id}\``;
      return [{ path: here, message, hint: 'name a step that comes before it' }];
    }
    if (!reachesAtOnce(from, id, { placed, forward })) return [];
    const message = `\`${id}\` can go back to \`${from}\` and come again without waiting`;
    return [{ path: here, message, hint: 'put a wait on each way: `for`, until a weekday, or `on` alone' }];
  });
}

function reachesAtOnce(from: string, id: string, { placed, forward }: { placed: Placed[]; forward: Ways }): boolean {
  const waiting = new Set(placed.filter(({ step }) => takesTime(step)).map(({ step }) => step.id));
  const withoutWaits = new Map([...forward].filter(([step]) => !waiting.has(step)));
  return reachableFrom(from, withoutWaits).has(id);
}

/** Each time anew. A day of the journey, a date or that of a field is over in the second round. */
function takesTime(step: StepSource): boolean {
  if (step.if !== undefined) return false;
  if (step.kind === 'handoff') return true;
  return step.kind === 'wait' && (step.until === undefined || 'weekday' in step.until);
}

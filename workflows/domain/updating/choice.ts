import type { Json, JsonObject } from '../json';

/** What the decision says about an update: which fields, and why others stayed. Names only: values are in the event. */
export function updateChoice(
  changes: Record<string, Json>,
  refused: Record<string, string>,
): { outcome: 'changed' | 'unchanged'; reason: string; inputs: JsonObject } {
  const changed = Object.keys(changes);
  const outcome = changed.length > 0 ? 'changed' : 'unchanged';
  const what = changed.length > 0 ? `changes ${changed.join(', ')}` : 'everything is as it should be';
  const left = Object.entries(refused).map(([name, why]) => `leaves ${name}: ${why}`);
  return { outcome, reason: [what, ...left].join('; '), inputs: { changed, refused } };
}

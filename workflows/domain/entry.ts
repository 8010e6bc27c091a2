import { valueAt } from './conditions/values';
import type { JsonObject } from './json';
import { addDuration } from './timing/duration';

/** Whether a contact may be in a journey more than once. */
export type Reentry =
  { kind: 'never' } | { kind: 'always' } | { kind: 'after'; period: string } | { kind: 'per'; property: string };

/** An enrollment of the same contact in the same journey. */
export interface EarlierRun {
  entryKey: string;
  finished: boolean;
  /** Epoch milliseconds; null while it is open. */
  endedAt: number | null;
}

/** What tells parallel runs of a journey apart; empty where there is one at a time, null where the property is missing. */
export function entryKeyOf(reentry: Reentry, properties: JsonObject): string | null {
  if (reentry.kind !== 'per') return '';
  const value = valueAt(properties, reentry.property);
  return value === null || typeof value === 'object' || value === '' ? null : String(value);
}

/** Why a contact may not enter (again), in words; null if they may. `earlier` is in the order in which they entered. */
export function reentryRefusal(
  reentry: Reentry,
  earlier: readonly EarlierRun[],
  { entryKey, at, zone }: { entryKey: string; at: number; zone: string },
): string | null {
  const same = reentry.kind === 'per' ? earlier.filter((run) => run.entryKey === entryKey) : earlier;
  if (same.some((run) => !run.finished)) return 'already in this journey';
  const last = same.at(-1);
  if (!last || reentry.kind === 'always') return null;
  if (reentry.kind === 'never') return 'has been in this journey before';
  if (reentry.kind === 'per') return 'this run has been before';
  const from = addDuration(last.endedAt ?? at, reentry.period, zone);
  return at < from ? `may enter again from ${new Date(from).toISOString()}` : null;
}

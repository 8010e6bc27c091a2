import type { Condition, Facts } from './conditions/condition';
import { evaluate } from './conditions/evaluate';
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

/** Why somebody is not let in, for counting. */
export type RefusalCode = 'no-key' | 'already-in' | 'been-before' | 'too-soon' | 'kept-out';

export type EntryRuling =
  | { enter: true; entryKey: string; inputs: JsonObject }
  | { enter: false; code: RefusalCode; reason: string; inputs: JsonObject };

/** That somebody might enter a journey. */
export interface EntryAttempt {
  /** Their enrollments in it, in the order in which they entered. */
  earlier: readonly EarlierRun[];
  /** Of the event that they would enter by. */
  properties: JsonObject;
  /** What tells this run apart, where whoever asks says it; else it is read from the properties. */
  entryKey?: string | null;
  /** Epoch milliseconds. */
  at: number;
  zone: string;
  /** What `unless` is judged by; asked for only where it matters. */
  facts: () => Facts;
}

/** Whether they may enter, by the journey's own rules: re-entry, then `unless`. The one place where that is decided. */
export function ruleEntry(rules: { reentry: Reentry; unless?: Condition }, attempt: EntryAttempt): EntryRuling {
  const entryKey = attempt.entryKey ?? entryKeyOf(rules.reentry, attempt.properties);
  if (entryKey === null) {
    const missing = rules.reentry.kind === 'per' ? `no \`${rules.reentry.property}\`` : 'nothing';
    return refused('no-key', `there is ${missing} that tells its runs apart`);
  }
  const again = reentryRefusal(rules.reentry, entryKey, attempt);
  if (again) return again;
  if (!rules.unless) return { enter: true, entryKey, inputs: {} };
  const { holds, reasons, inputs } = evaluate(rules.unless, attempt.facts());
  return holds ? refused('kept-out', `kept out: ${reasons.join('; ')}`, inputs) : { enter: true, entryKey, inputs };
}

function refused(code: RefusalCode, reason: string, inputs: JsonObject = {}): EntryRuling {
  return { enter: false, code, reason, inputs };
}

/** What tells parallel runs of a journey apart; empty where there is one at a time, null where the property is missing. */
function entryKeyOf(reentry: Reentry, properties: JsonObject): string | null {
  if (reentry.kind !== 'per') return '';
  const value = valueAt(properties, reentry.property);
  return value === null || typeof value === 'object' || value === '' ? null : String(value);
}

/** Why the re-entry rule does not let them in again; null where it does. */
export function reentryRefusal(
  reentry: Reentry,
  entryKey: string,
  { earlier, at, zone }: Pick<EntryAttempt, 'earlier' | 'at' | 'zone'>,
): EntryRuling | null {
  const same = reentry.kind === 'per' ? earlier.filter((run) => run.entryKey === entryKey) : earlier;
  if (same.some((run) => !run.finished)) return refused('already-in', 'already in this journey');
  const last = same.at(-1);
  if (!last || reentry.kind === 'always') return null;
  if (reentry.kind === 'never') return refused('been-before', 'has been in this journey before');
  if (reentry.kind === 'per') return refused('been-before', 'this run has been before');
  const from = addDuration(last.endedAt ?? at, reentry.period, zone);
  return at < from ? refused('too-soon', `may enter again from ${new Date(from).toISOString()}`) : null;
}

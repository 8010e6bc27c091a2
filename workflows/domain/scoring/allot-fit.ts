import type { Condition } from '../conditions/condition';
import { passes, valueAt } from '../conditions/values';
import type { Json } from '../json';
import type { ScoreModel } from './model';
import type { EntryOf, ScoreState } from './state';

interface Allotted {
  rule: string;
  points: number;
  /** What the cap kept away. */
  lost: number;
}

/**
 * Points of fit by group: of each the first rule that holds. What is taken away comes first, so that the sum is
 * what all rules give, or the cap.
 */
export function allotFit({ fit, caps }: ScoreModel, contact: Record<string, Json>): Map<string, Allotted> {
  const found = new Map<string, { rule: string; points: number }>();
  for (const { id, group, when, points } of fit)
    if (!found.has(group) && holds(when, contact)) found.set(group, { rule: id, points });
  let room = caps.fit ?? Infinity;
  for (const { points } of found.values()) if (points < 0) room -= points;
  const allotted = new Map<string, Allotted>();
  for (const [group, { rule, points }] of found) {
    const counts = points > 0 ? Math.min(points, Math.max(0, room)) : points;
    if (points > 0) room -= counts;
    allotted.set(group, { rule, points: counts, lost: points - counts });
  }
  return allotted;
}

/** Conditions of fit are about fields alone: the compiler refuses others. */
function holds(condition: Condition, contact: Record<string, Json>): boolean {
  if ('all' in condition) return condition.all.every((part) => holds(part, contact));
  if ('any' in condition) return condition.any.some((part) => holds(part, contact));
  if ('not' in condition) return !holds(condition.not, contact);
  return 'field' in condition && passes(condition, valueAt(contact, condition.field));
}

export interface FitChange {
  fit: ScoreState['fit'];
  entries: Pick<EntryOf, 'group' | 'rule' | 'points' | 'lost'>[];
}

/** From what counted to what counts: what an old rule gave goes, what a new one gives comes. Null where all stays. */
export function fitChange(before: ScoreState['fit'], allotted: ReadonlyMap<string, Allotted>): FitChange | null {
  const entries: FitChange['entries'] = [];
  const fit: ScoreState['fit'] = {};
  for (const [group, { rule, points, lost }] of allotted) {
    if (points !== 0) fit[group] = { rule, points };
    const old = before[group];
    const same = old?.rule === rule ? old.points : 0;
    if (old && old.rule !== rule) entries.push({ group, rule: old.rule, points: -old.points, lost: 0 });
    if (points !== same) entries.push({ group, rule, points: points - same, lost });
  }
  for (const [group, old] of Object.entries(before))
    if (!allotted.has(group)) entries.push({ group, rule: old.rule, points: -old.points, lost: 0 });
  return entries.length === 0 ? null : { fit, entries };
}

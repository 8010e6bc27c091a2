import { expandGroup, type EventGroups } from '../events';
import type { Condition, DidTest } from './condition';

/** `types` where the name is a group of the settings. */
export function groupTypes(name: string, groups: EventGroups): { types?: string[] } {
  return Object.hasOwn(groups, name) ? { types: [...new Set(expandGroup(name, groups))] } : {};
}

/** The condition with what the groups of the settings stand for now; `change` may rewrite each `did` besides. */
export function spellOut(
  condition: Condition,
  groups: EventGroups,
  change: (test: DidTest) => DidTest = (test) => test,
): Condition {
  const inner = (part: Condition) => spellOut(part, groups, change);
  if ('all' in condition) return { all: condition.all.map(inner) };
  if ('any' in condition) return { any: condition.any.map(inner) };
  if ('not' in condition) return { not: inner(condition.not) };
  return 'did' in condition ? change({ ...condition, ...groupTypes(condition.did, groups) }) : condition;
}

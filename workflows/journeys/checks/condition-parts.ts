import type { Condition } from '../../domain/conditions/condition';
import type { JourneyDocument } from '../document';
import type { Placed } from '../outline';
import type { Path } from '../problem';

/** One part of a condition, and who asks. */
export interface Part {
  condition: Condition;
  path: Path;
  /** The step that asks; null for the journey itself. */
  stepId: string | null;
  /** Whether there is an event at hand, whose properties can be asked for. */
  event: boolean;
}

/** Every part of every condition of a document. */
export function conditionsIn(document: JourneyDocument, placed: Placed[]): Part[] {
  return wholeConditionsIn(document, placed).flatMap(withInner);
}

/** Every condition of a document. */
export function wholeConditionsIn({ unless, entry }: JourneyDocument, placed: Placed[]): Part[] {
  const before = { stepId: null, event: false };
  return [
    ...(unless === undefined ? [] : [{ condition: unless, path: ['unless'], stepId: null, event: true }]),
    ...entry.flatMap((one, index): Part[] => {
      if ('becomes' in one) return [{ ...before, condition: one.becomes, path: ['entry', index, 'becomes'] }];
      return 'who' in one ? [{ ...before, condition: one.who, path: ['entry', index, 'who'] }] : [];
    }),
    ...placed.flatMap(({ step, path }) => {
      const place = { stepId: step.id, event: true };
      const own = step.if === undefined ? [] : [{ ...place, condition: step.if, path: [...path, 'if'] }];
      if (step.kind !== 'branch') return own;
      const cases = step.cases.map(({ when }, index) => {
        return { ...place, condition: when, path: [...path, 'cases', index, 'when'] };
      });
      return [...own, ...cases];
    }),
  ];
}

function withInner(part: Part): Part[] {
  const { condition, path } = part;
  const inner = (one: Condition, ...names: Path) => withInner({ ...part, condition: one, path: [...path, ...names] });
  if ('not' in condition) return [part, ...inner(condition.not, 'not')];
  if ('all' in condition) return [part, ...condition.all.flatMap((one, index) => inner(one, 'all', index))];
  if ('any' in condition) return [part, ...condition.any.flatMap((one, index) => inner(one, 'any', index))];
  return [part];
}

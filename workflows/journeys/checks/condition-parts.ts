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
  const { unless, entry } = document;
  return [
    ...(unless === undefined ? [] : partsOf(unless, { path: ['unless'], stepId: null, event: true })),
    ...entry.flatMap((one, index) => {
      if ('becomes' in one)
        return partsOf(one.becomes, { path: ['entry', index, 'becomes'], stepId: null, event: false });
      return 'who' in one ? partsOf(one.who, { path: ['entry', index, 'who'], stepId: null, event: false }) : [];
    }),
    ...placed.flatMap(({ step, path }) => {
      const place = { stepId: step.id, event: true };
      const own = step.if === undefined ? [] : partsOf(step.if, { ...place, path: [...path, 'if'] });
      if (step.kind !== 'branch') return own;
      const cases = step.cases.flatMap(({ when }, index) =>
        partsOf(when, { ...place, path: [...path, 'cases', index, 'when'] }),
      );
      return [...own, ...cases];
    }),
  ];
}

function partsOf(condition: Condition, place: Omit<Part, 'condition'>): Part[] {
  const own = { condition, ...place };
  const inner = (part: Condition, ...names: Path) => partsOf(part, { ...place, path: [...place.path, ...names] });
  if ('not' in condition) return [own, ...inner(condition.not, 'not')];
  if ('all' in condition) return [own, ...condition.all.flatMap((part, index) => inner(part, 'all', index))];
  if ('any' in condition) return [own, ...condition.any.flatMap((part, index) => inner(part, 'any', index))];
  return [own];
}

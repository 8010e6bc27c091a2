import type { Condition } from '../../domain/conditions/condition';
import type { Industry } from '../../domain/people/industries';
import { checkField } from '../../journeys/checks/names';
import type { Complaint, Path } from '../../journeys/problem';
import type { ScoreModelDocument } from '../document';
import { checkValues } from './values';

/** Fit is judged when fields change, and on nothing else: fields that do not exist, and what is no field. */
export function checkFit({ fit }: ScoreModelDocument, industries: readonly Industry[]): Complaint[] {
  const tests = fit.flatMap(({ when }, index) => testsIn(when, ['fit', index, 'when']));
  return tests.flatMap(({ test, path }) => {
    if (!('field' in test)) return [notAField(test, path)];
    const unknown = checkField(test.field, [...path, 'field']);
    return unknown.length > 0 ? unknown : checkValues(test, path, industries);
  });
}

/** The tests that a condition is made of. */
function testsIn(condition: Condition, path: Path): { test: Condition; path: Path }[] {
  if ('all' in condition) return condition.all.flatMap((part, index) => testsIn(part, [...path, 'all', index]));
  if ('any' in condition) return condition.any.flatMap((part, index) => testsIn(part, [...path, 'any', index]));
  return 'not' in condition ? testsIn(condition.not, [...path, 'not']) : [{ test: condition, path }];
}

function notAField(test: Condition, path: Path): Complaint {
  const [asked = ''] = Object.keys(test);
  const message = `\`${asked}\` is not about fields: fit is judged when fields change, and on them alone`;
  const hint = asked === 'did' ? 'what people do gives points in `engagement`' : 'ask for the fields that are meant';
  return { path: [...path, asked], message, hint };
}

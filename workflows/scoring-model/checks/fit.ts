import type { Condition, Scalar, ValueTest } from '../../domain/conditions/condition';
import { departments, seniorities } from '../../domain/people/titles';
import { checkField } from '../../journeys/checks/names';
import { type Complaint, didYouMean, listed, type Path } from '../../journeys/problem';
import type { ScoreModelDocument } from '../document';

/** Fit is judged when fields change, and on nothing else: fields that do not exist, and what is no field. */
export function checkFit({ fit }: ScoreModelDocument): Complaint[] {
  return fit.flatMap(({ when }, index) => checkPart(when, ['fit', index, 'when']));
}

function checkPart(condition: Condition, path: Path): Complaint[] {
  if ('all' in condition) return condition.all.flatMap((part, index) => checkPart(part, [...path, 'all', index]));
  if ('any' in condition) return condition.any.flatMap((part, index) => checkPart(part, [...path, 'any', index]));
  if ('not' in condition) return checkPart(condition.not, [...path, 'not']);
  if ('field' in condition) {
    const unknown = checkField(condition.field, [...path, 'field']);
    return unknown.length > 0 ? unknown : checkValues(condition.field, condition, path);
  }
  const [asked = ''] = Object.keys(condition);
  const message = `\`${asked}\` is not about fields: fit is judged when fields change, and on them alone`;
  const hint = asked === 'did' ? 'what people do gives points in `engagement`' : 'ask for the fields that are meant';
  return [{ path: [...path, asked], message, hint }];
}

/** Fields that Nurture itself fills, from a list. */
const valuesOf: Readonly<Record<string, readonly string[]>> = { seniority: seniorities, department: departments };

function checkValues(field: string, test: ValueTest, path: Path): Complaint[] {
  const known = Object.hasOwn(valuesOf, field) ? valuesOf[field] : undefined;
  if (known === undefined) return [];
  const check = (value: Scalar, at: Path): Complaint[] => {
    const word = String(value);
    if (known.includes(word.toLowerCase())) return [];
    const hint = didYouMean(word, known) ?? `one of ${listed(known)}`;
    return [{ path: [...path, ...at], message: `\`${field}\` is never \`${word}\``, hint }];
  };
  const several = (test.in ?? []).flatMap((value, index) => check(value, ['in', index]));
  return test.is === undefined ? several : [...check(test.is, ['is']), ...several];
}

import type { FieldTest, Scalar } from '../../domain/conditions/condition';
import { sizeBandOf } from '../../domain/people/company-size';
import { industryOf, type Industry } from '../../domain/people/industries';
import { departments, seniorities } from '../../domain/people/titles';
import { type Complaint, didYouMean, listed, type Path } from '../../journeys/problem';

/** What to write instead of a word that a field never holds; null for what it may hold. */
type HintOf = (word: string, industries: readonly Industry[]) => string | null;

const hints: Readonly<Record<string, HintOf>> = {
  seniority: (word) => oneOf(word, seniorities),
  department: (word) => oneOf(word, departments),
  // What cannot be read stays as it was given: only what is read as something else is never there.
  companySize: (word) => keptAs(word, sizeBandOf(word)),
  industry: (word, industries) => keptAs(word, industryOf(word, industries)),
};

/** Values that a field never holds, since Nurture writes it in words of its own. */
export function checkValues(test: FieldTest, path: Path, industries: readonly Industry[]): Complaint[] {
  const hintOf = Object.hasOwn(hints, test.field) ? hints[test.field] : undefined;
  if (hintOf === undefined) return [];
  const check = (value: Scalar, at: Path): Complaint[] => {
    const hint = hintOf(String(value), industries);
    if (hint === null) return [];
    return [{ path: [...path, ...at], message: `\`${test.field}\` is never \`${value}\``, hint }];
  };
  const several = (test.in ?? []).flatMap((value, index) => check(value, ['in', index]));
  return test.is === undefined ? several : [...check(test.is, ['is']), ...several];
}

function oneOf(word: string, known: readonly string[]): string | null {
  if (known.includes(word.toLowerCase())) return null;
  return didYouMean(word, known) ?? `one of ${listed(known)}`;
}

function keptAs(word: string, kept: string | null): string | null {
  return kept === null || kept === word.toLowerCase() ? null : `it is kept as \`${kept}\``;
}

import { departmentWords, saysNoDepartment, weakWords } from './department-words';
import { PhraseIndex, wordsOf } from './phrase-index';
import { levelWords, notNow, saysNoLevel } from './title-words';

/** From the lowest to the highest; who owns the company stands last. */
export const seniorities = [
  ...(['student', 'intern', 'staff', 'manager', 'head', 'director', 'vp', 'c-level', 'owner'] as const),
];
export type Seniority = (typeof seniorities)[number];

export const departments = [
  ...(['marketing', 'sales', 'it', 'engineering', 'product', 'design', 'data', 'finance', 'hr'] as const),
  ...(['operations', 'legal', 'support', 'purchasing', 'research', 'education', 'healthcare'] as const),
];
export type Department = (typeof departments)[number];

export interface Title {
  seniority: Seniority | null;
  department: Department | null;
}

type Level = Seniority | 'aide';

const levels = new PhraseIndex<Level | null>().add(saysNoLevel, null);
for (const level of entriesOf<Level>(levelWords)) levels.add(...level);
const strong = new PhraseIndex<Department | null>().add(saysNoDepartment, null);
for (const department of entriesOf<Department>(departmentWords)) strong.add(...department);
const weak = new PhraseIndex<Department>();
for (const department of entriesOf<Department>(weakWords)) weak.add(...department);
const past = new PhraseIndex<true>().add(notNow, true);

function entriesOf<Name extends string>(table: { readonly [name in Name]?: string }): [string, Name][] {
  return Object.entries<string | undefined>(table).map(([name, words]) => [words ?? '', name as Name]); // its own keys
}

/** What a job title says: how high somebody stands, and in which department. Null where it does not say. */
export function titleOf(jobTitle: string): Title {
  const parts = partsOf(jobTitle);
  const department = found(parts, departmentIn) ?? found(parts, weakDepartmentIn);
  return { seniority: highest(parts.map(seniorityIn)), department: department ?? null };
}

/** More than any title has. */
const longest = 300;

/** The titles of somebody who has several, in words; without what they were, or are not yet. */
function partsOf(jobTitle: string): string[][] {
  return withoutGenders(jobTitle.slice(0, longest))
    .split(/[|,;•·]| [-–—@] | \/ /)
    .map((text) => wordsOf(markIt(text)))
    .filter((words) => words.length > 0 && past.at(words, 0) === null);
}

const mayHaveGenders = /[.:*_/(·]|\p{Ll}In\b/u;

/** `C.E.O.` is one word; `Leiter:in`, `Chef(fe)` and `(m/w/d)` say something of people, not of titles. */
function withoutGenders(text: string): string {
  if (!mayHaveGenders.test(text)) return text;
  return text
    .replace(/(?<![\p{L}])(?:\p{L}\.){2,}\p{L}?(?![\p{L}])/gu, (letters) => letters.replaceAll('.', ''))
    .replace(/\(?\b([mfwdxh]|gn|all genders)(\s?[/|]\s?([mfwdxh*]|gn))+\)?/gi, ' ')
    .replace(/(?<=\p{L}{3})[:*_/]-?(innen|in|frau|trice|rice|euse|ère|fe|ne|a|e|o)(?!\p{L})/giu, '')
    .replace(/(?<=\p{L}{3})[.·-](trice|rice|euse|fe)(?!\p{L})/giu, '')
    .replace(/(?<=\p{L}{3})\((in|innen|trice|rice|euse|ère|fe|ne|a|e|o)\)/giu, '')
    .replace(/(?<=\p{Ll})In(?!\p{L})/gu, '');
}

/** The department is written `IT`, or stands at an end or behind `of`; elsewhere it is the word `it`. */
function markIt(text: string): string {
  return text.replace(/\bi\.?t\b/gi, (it, at: number) => {
    const isMeant = it.startsWith('I') || /^\s*$/.test(text.slice(0, at)) || /^\W*$/.test(text.slice(at + it.length));
    return isMeant || /of $/i.test(text.slice(0, at)) ? 'it' : '';
  });
}

function seniorityIn(words: readonly string[]): Seniority | null {
  // By itself it is one of a firm's owners; elsewhere it may be anything.
  if (words.length === 1 && words[0] === 'partner') return 'owner';
  const said: Seniority[] = [];
  let aide = false;
  for (let index = 0; index < words.length && !isOfSomebody(words, index);) {
    const hit = levels.at(words, index);
    if (hit?.meaning === 'aide' || isAide(words, index, hit?.words)) aide = true;
    else if (hit?.meaning) said.push(hit.meaning);
    index += hit?.words ?? 1;
  }
  const low = said.find((level) => level === 'intern') ?? said.find((level) => level === 'student');
  const high = highest(aide ? said.filter((level) => level === 'student' || level === 'intern') : said);
  if (low === 'intern' || (low === 'student' && isStudent(words, said))) return low;
  return aide ? 'staff' : high;
}

/** A director of students is none. */
function isStudent(words: readonly string[], said: readonly Seniority[]): boolean {
  const last = levels.at(words, words.length - 1)?.meaning;
  return last === 'student' || said.every((level) => seniorities.indexOf(level) <= seniorities.indexOf('staff'));
}

const leading: readonly (Level | null)[] = ['manager', 'head', 'director', 'vp'];

/** An assistant director is a director; an assistant, a sales assistant and the assistant to a director are not. */
function isAide(words: readonly string[], index: number, taken = 1): boolean {
  if (words[index] !== 'assistant' || taken > 1) return false;
  const near = words.slice(index + 1, index + 4);
  const joined = near.findIndex((word) => ['to', 'of', 'for', 'the', 'in', 'at', 'and'].includes(word));
  const reach = joined === -1 ? near.length : joined;
  return !near
    .slice(0, reach)
    .some((_, offset) => leading.includes(levels.at(words, index + 1 + offset)?.meaning ?? null));
}

/** Whose assistant, adviser or office it is follows. */
function isOfSomebody(words: readonly string[], index: number): boolean {
  const [word, next = ''] = [words[index], words[index + 1]];
  if (word === 'to') return next === 'the' || levels.at(words, index + 1) !== null;
  return word === 'office' && next === 'of';
}

function highest(said: readonly (Seniority | null)[]): Seniority | null {
  return said.reduce<Seniority | null>((best, level) => {
    if (best === null || level === null) return best ?? level;
    return seniorities.indexOf(level) > seniorities.indexOf(best) ? level : best;
  }, null);
}

function found(parts: string[][], find: (words: string[]) => Department | null): Department | undefined {
  return parts.flatMap((words) => find(words) ?? [])[0];
}

function departmentIn(words: readonly string[]): Department | null {
  return firstIn(words, strong);
}

function weakDepartmentIn(words: readonly string[]): Department | null {
  return firstIn(words, weak);
}

function firstIn(words: readonly string[], index: PhraseIndex<Department | null>): Department | null {
  for (let at = 0; at < words.length;) {
    const hit = index.at(words, at);
    if (hit?.meaning) return hit.meaning;
    at += hit?.words ?? 1;
  }
  return null;
}

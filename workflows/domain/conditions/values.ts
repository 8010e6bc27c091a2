import type { Json } from '../json';
import type { Scalar, ValueTest } from './condition';

/**
 * The value at a dotted path, null when there is none. A key that itself contains dots wins over the path;
 * list elements go by number (`products.0.sku`).
 */
export function valueAt(object: Record<string, Json>, path: string): Json {
  if (Object.hasOwn(object, path)) return object[path] ?? null;
  let value: Json = object;
  for (const key of path.split('.')) value = child(value, key);
  return value;
}

function child(value: Json, key: string): Json {
  if (Array.isArray(value)) return /^\d+$/.test(key) ? (value[Number(key)] ?? null) : null;
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return null;
  return value[key] ?? null;
}

/**
 * Whether a value passes all operators of a test. A missing value (null) passes nothing but `exists: false`.
 *
 * The expected side decides how two values are compared, because forms send everything as text:
 * a number equals the same number written as text, true and false equal their words, and text equals a number or
 * boolean that is written that way. Text is compared without regard to case, in every operator.
 */
export function passes(test: ValueTest, value: Json): boolean {
  return (
    (test.exists === undefined || test.exists === (value !== null)) &&
    (test.is === undefined || equal(test.is, value)) &&
    (test.in === undefined || test.in.some((expected) => equal(expected, value))) &&
    (test.contains === undefined || contains(test.contains, value)) &&
    (test.startsWith === undefined || startsWith(test.startsWith, value)) &&
    (test.gt === undefined || compares(value, test.gt, (difference) => difference > 0)) &&
    (test.gte === undefined || compares(value, test.gte, (difference) => difference >= 0)) &&
    (test.lt === undefined || compares(value, test.lt, (difference) => difference < 0)) &&
    (test.lte === undefined || compares(value, test.lte, (difference) => difference <= 0))
  );
}

function equal(expected: Scalar, value: Json): boolean {
  if (typeof expected === 'number') return numberOf(value) === expected;
  const text = textOf(value);
  return text !== null && text === fold(String(expected));
}

/** In a list: one of its elements; in text: a part of it. */
function contains(expected: Scalar, value: Json): boolean {
  if (Array.isArray(value)) return value.some((element) => equal(expected, element));
  return typeof value === 'string' && fold(value).includes(fold(String(expected)));
}

function startsWith(expected: string, value: Json): boolean {
  return textOf(value)?.startsWith(fold(expected)) ?? false;
}

/** Numbers with numbers, dates with dates; anything else has no order and passes nothing. */
function compares(value: Json, bound: number | string, holds: (difference: number) => boolean): boolean {
  const [left, right] = typeof bound === 'number' ? [numberOf(value), bound] : [instantOf(value), instantOf(bound)];
  return left !== null && right !== null && holds(left - right);
}

/** Numbers that would be written with an exponent have no text. */
function textOf(value: Json): string | null {
  if (value === null || typeof value === 'object') return null;
  if (typeof value !== 'number') return fold(String(value));
  const size = Math.abs(value);
  return size === 0 || (size >= 1e-4 && size < 1e15) ? String(value) : null;
}

/**
 * What is alike for people, letter by letter, as PostgreSQL lowers it too: `İ` is `i`, and a sigma is a sigma wherever
 * it stands.
 */
export function fold(text: string): string {
  if (isAscii.test(text)) return text.toLowerCase();
  return Array.from(text.normalize('NFC'), lowered).join('');
}

const isAscii = /^[\u0000-\u007f]*$/;

function lowered(letter: string): string {
  if (letter === 'İ') return 'i';
  return letter === 'Σ' || letter === 'ς' ? 'σ' : letter.toLowerCase();
}

const decimal = /^-?\d{1,30}(\.\d{1,30})?$/;

export function numberOf(value: Json): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && decimal.test(value.trim()) ? Number(value) : null;
}

/** An ISO date, or date and time; without a zone it is UTC. */
export const isoDate = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Times of a day and of a zone that exist: Date.parse takes more, and less. */
const real =
  /^(?!0000)\d{4}-\d{2}-\d{2}(?:[T ]((?:[01]\d|2[0-3]):[0-5]\d)(?::([0-5]\d)(?:\.(\d+))?)?(?:Z|([+-])(0\d|1[0-5]):?([0-5]\d))?)?$/;

/** Epoch milliseconds; what is finer is cut off. */
export function instantOf(value: Json): number | null {
  const match = typeof value === 'string' ? real.exec(value) : null;
  if (match === null || !isRealDay(match[0].slice(0, 10))) return null;
  const [text, time = '00:00', seconds = '00', fraction = '', sign, hours = '0', minutes = '0'] = match;
  const utc = Date.parse(`${text.slice(0, 10)}T${time}:${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}Z`);
  return utc - (sign === '-' ? -1 : 1) * (Number(hours) * 3_600_000 + Number(minutes) * 60_000);
}

/** Date.parse takes 31 February for 3 March. */
function isRealDay(day: string): boolean {
  const instant = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(day);
}

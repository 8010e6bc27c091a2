import { z } from 'zod';
import { didYouMean, listed } from './problem';

// zod carries one string per issue; ours have a message, perhaps a hint, or say which option of a union was meant.
// They travel in that string, apart by control characters that no document may contain.
const hintMark = '\u001f';
const keyMark = '\u001e';
const optionMark = '\u001d';

export function say(message: string, hint?: string): string {
  return hint === undefined ? message : `${message}${hintMark}${hint}`;
}

export function said(text: string): { message: string; hint?: string } {
  const [message = '', hint] = text.split(hintMark);
  return hint === undefined ? { message } : { message, hint };
}

/** One text for each of the unknown keys, in their order. */
export function saidOfKeys(text: string): string[] {
  return text.split(keyMark);
}

/** The option of a union that was meant, or null if none could be told. */
export function saidOption(text: string): number | null {
  return text.startsWith(optionMark) ? Number(text.slice(1)) : null;
}

/** For `error` of a union: the option that the input means, by its number, or what to say if it means none. */
export function meaning(choose: (input: unknown) => number | string) {
  return (issue: { code?: string; input?: unknown }) => {
    if (issue.code !== 'invalid_union') return undefined;
    const choice = choose(issue.input);
    return typeof choice === 'number' ? `${optionMark}${choice}` : choice;
  };
}

/** Options told apart by the first key that the input has. */
export function byKey(keys: readonly string[], otherwise: (input: unknown) => string) {
  return meaning((input) => {
    const found = keys.findIndex((key) => isMapping(input) && Object.hasOwn(input, key));
    return found >= 0 ? found : otherwise(input);
  });
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** For `check`: a rule about several keys, silent while one of them is wrong by itself. */
export function rule<T>(holds: (value: T) => boolean, text: string, path: PropertyKey[] = []): z.core.CheckFn<T> {
  return (found) => {
    if (found.issues.length > 0 || holds(found.value)) return;
    // zod changes the path that it is given.
    found.issues.push({ code: 'custom', message: text, path: [...path], input: found.value });
  };
}

/** A mapping that refuses every other key. */
export function closed<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key: string) => unknownKey(key, known)).join(keyMark)
        : undefined,
  });
}

function unknownKey(key: string, known: string[]): string {
  return say(`unknown key \`${key}\``, didYouMean(key, known) ?? `known here: ${listed(known)}`);
}

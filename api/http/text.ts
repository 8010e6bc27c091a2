/** Deeper documents are refused before anything walks them by recursion. */
export const MAX_DEPTH = 64;

/** By code points (`u`), a pair is one character: what is left are halves. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

export interface TextFault {
  path: (string | number)[];
  detail: string;
}

/** NUL and lone surrogates: JSON can say them, PostgreSQL cannot store them. */
export function textFault(text: string): string | null {
  if (text.includes('\u0000')) return 'The text contains a NUL character.';
  return LONE_SURROGATE.test(text) ? 'The text contains half of a surrogate pair.' : null;
}

/** The first thing in a parsed JSON value that cannot be stored: bad text in a key or a value, or too much nesting. */
export function faultIn(value: unknown, maxDepth: number, path: (string | number)[] = []): TextFault | null {
  if (typeof value === 'string') {
    const detail = textFault(value);
    return detail === null ? null : { path, detail };
  }
  if (typeof value !== 'object' || value === null) return null;
  if (path.length >= maxDepth) return { path, detail: `It is nested deeper than ${maxDepth} levels.` };
  const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  for (const [key, item] of entries) {
    const detail = typeof key === 'string' ? textFault(key) : null;
    const fault = detail === null ? faultIn(item, maxDepth, [...path, key]) : { path, detail };
    if (fault) return fault;
  }
  return null;
}

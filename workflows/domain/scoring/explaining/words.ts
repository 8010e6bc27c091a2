const hour = 3_600_000;
const day = 24 * hour;

/** To a tenth at most, rounded down: `11.3`, `27`. What is just below a line must not read as though it were on it. */
export function number(value: number): string {
  return String(Math.floor(value * 10 + EPSILON) / 10 + 0);
}

/** Sums of decimals miss the tenth by less. */
const EPSILON = 1e-6;

/** What is missing, to a tenth at most, rounded up. */
export function missing(value: number): string {
  return String(Math.ceil(value * 10 - EPSILON) / 10);
}

/** `1 point`, `11.3 points`. */
export function points(value: number): string {
  return `${number(value)} ${number(value) === '1' ? 'point' : 'points'}`;
}

/** `once`, `twice`, `3 times`. */
export function times(count: number): string {
  return ['never', 'once', 'twice'][count] ?? `${count} times`;
}

/** `14 days`, `36 hours`, `1 day`. */
export function period(ms: number): string {
  const [unit, name] = ms % day === 0 ? [day, 'day'] : [hour, 'hour'];
  return `${number(ms / unit)} ${name}${ms === unit ? '' : 's'}`;
}

/** `2026-05-03 14:20` in UTC: an explanation is not about anybody's working day. */
export function moment(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}

/** `a`, `a and b`, `a, b and c`. */
export function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

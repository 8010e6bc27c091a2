const hour = 3_600_000;
const day = 24 * hour;

/** To a tenth at most: `11.3`, `27`. */
export function number(value: number): string {
  return String(Math.round(value * 10) / 10 + 0);
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

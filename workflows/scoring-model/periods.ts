import { z } from 'zod';
import { say } from '../journeys/wording';

const DAY_MS = 86_400_000;
const unitMs = {
  minute: 60_000,
  hour: 3_600_000,
  day: DAY_MS,
  week: 7 * DAY_MS,
  month: 30 * DAY_MS,
} as const;
const longest = 3653 * DAY_MS;
const pattern = /^([1-9]\d{0,5}) (minute|hour|day|week|month)s?$/;

const hint = 'a whole number and minutes, hours, days, weeks or months of 30 days: `7 days`, `1 month`';

/** Elapsed time: a day is 24 hours wherever somebody lives, so that a score does not depend on zones. */
export const period = z
  .string()
  .regex(pattern, { abort: true, error: say('must be a period', hint) })
  .refine((text) => elapsedMs(text) <= longest, { error: 'must be ten years at most' });

/** For `per`: a period, the name of one, or once and for all. */
export const often = z
  .string()
  .regex(/^(once|day|week|month|[1-9]\d{0,5} (minute|hour|day|week|month)s?)$/, {
    abort: true,
    error: say('must say how often the rule counts', 'one of once, day, week, month, or a period such as `7 days`'),
  })
  .refine((text) => (oftenMs(text) ?? 0) <= longest, { error: 'must be ten years at most' });

/** Milliseconds of a period. @throws RangeError for other text */
export function elapsedMs(text: string): number {
  const [, amount, unit] = pattern.exec(text) ?? [];
  if (amount === undefined || unit === undefined || !isUnit(unit)) throw new RangeError(`not a period: ${text}`);
  return Number(amount) * unitMs[unit];
}

/** Milliseconds of what stands at `per`; null for once and for all. */
export function oftenMs(text: string): number | null {
  if (text === 'once') return null;
  return isUnit(text) ? unitMs[text] : elapsedMs(text);
}

function isUnit(word: string): word is keyof typeof unitMs {
  return Object.hasOwn(unitMs, word);
}

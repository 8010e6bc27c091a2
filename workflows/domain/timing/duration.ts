import { DateTime } from 'luxon';
import type { HolidayOn } from './holidays';
import { isRealDate } from './wall-clock';

const units = ['second', 'minute', 'hour', 'day', 'week', 'working day'] as const;
export type DurationUnit = (typeof units)[number];

/** How long: `2 days`, `90 minutes`, `3 working days`. */
export interface Duration {
  amount: number;
  unit: DurationUnit;
}

/** The spelling that `parseDuration` takes, for schemas and editors. */
export const durationPattern = /^([1-9]\d{0,5}) (second|minute|hour|day|week|working day)s?$/;

const tenYears = 3653 * 86_400_000;
const nominalMs = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
  'working day': 86_400_000,
} satisfies Record<DurationUnit, number>;

/** Null for anything else, and for more than ten years. */
export function parseDuration(text: string): Duration | null {
  const match = durationPattern.exec(text);
  const unit = units.find((name) => name === match?.[2]);
  if (match === null || unit === undefined) return null;
  const duration = { amount: Number(match[1]), unit };
  return duration.amount * nominalMs[unit] <= tenYears ? duration : null;
}

function mustParse(text: string): Duration {
  const duration = parseDuration(text);
  if (duration === null) throw new RangeError(`not a duration: ${text}`);
  return duration;
}

/** Milliseconds, a day taken as 24 hours: to compare and to limit, not to set deadlines. Throws on other text. */
export function periodMs(period: string): number {
  const { amount, unit } = mustParse(period);
  return amount * nominalMs[unit];
}

/** Days are those of a zone, which may be this much longer. */
const MARGIN_MS = 2 * nominalMs.day;

/** Milliseconds that a look-back over the period reaches at most, in any zone and from any day; holidays aside. Throws on other text. */
export function reachMs(period: string): number {
  const { amount, unit } = mustParse(period);
  // Five of them take a week; what is left over may begin behind a weekend.
  const most = unit === 'working day' ? Math.ceil((amount * 7) / 5) + 2 : amount;
  return most * nominalMs[unit] + MARGIN_MS;
}

/** What the days of a duration are counted by. */
export interface Calendar {
  /** IANA name. */
  zone: string;
  /** Holidays are no working days. */
  holidayOn: HolidayOn | null;
}

/**
 * Epoch milliseconds, this long after `at`. Hours and less are elapsed time; days and weeks keep the time of day in
 * the zone; working days are Monday to Friday, without the holidays of the calendar. Throws on text that is no duration.
 */
export function addDuration(at: number, duration: string, by: string | Calendar): number {
  return move(at, mustParse(duration), { by: calendarOf(by), direction: 1 });
}

/** Epoch milliseconds, this long before `at`: where a look-back over a period starts. Throws as `addDuration`. */
export function sinceInstant(period: string, at: number, by: string | Calendar): number {
  return move(at, mustParse(period), { by: calendarOf(by), direction: -1 });
}

function calendarOf(by: string | Calendar): Calendar {
  return typeof by === 'string' ? { zone: by, holidayOn: null } : by;
}

interface Way {
  by: Calendar;
  direction: 1 | -1;
}

function move(at: number, { amount, unit }: Duration, way: Way): number {
  const { by, direction } = way;
  if (isElapsed(unit, by.zone)) return at + direction * amount * nominalMs[unit];
  const from = DateTime.fromMillis(at, { zone: by.zone });
  if (unit === 'working day') return firstInstant(workingDaysFrom(from, amount, way));
  return firstInstant(from.plus({ days: direction * amount * (unit === 'week' ? 7 : 1) }));
}

/** Every day of UTC has 24 hours; asking the calendar costs hundreds of times as much. */
function isElapsed(unit: DurationUnit, zone: string): boolean {
  if (unit === 'working day') return false;
  return zone === 'UTC' || (unit !== 'day' && unit !== 'week');
}

function workingDaysFrom(from: DateTime, amount: number, { by, direction }: Way): DateTime {
  const first = Date.UTC(from.year, from.month - 1, from.day);
  let days = 0;
  for (let left = amount; left > 0;) {
    days += direction;
    if (isWorkingDay(new Date(first + days * nominalMs.day), by)) left -= 1;
  }
  return from.plus({ days });
}

/** The date as it is in UTC. */
function isWorkingDay(date: Date, { zone, holidayOn }: Calendar): boolean {
  if (date.getUTCDay() % 6 === 0) return false;
  const day = date.toISOString().slice(0, 10);
  return (holidayOn?.(day) ?? null) === null && isRealDate(day, zone);
}

/** A time that the clock shows twice means the first; one that it skips is moved on by what was skipped. */
export function firstInstant(time: DateTime): number {
  return Math.min(...time.getPossibleOffsets().map((possible) => possible.toMillis()));
}

import { DateTime } from 'luxon';
import { weekdays } from './deadline';
import { firstInstant, parseDuration, periodMs } from './duration';
import { holidaysFor, type HolidaySettings } from './holidays';
import type { Weekday } from './window';

/** When people work; `from` is before `to`, as `hh:mm`. */
export interface WorkingHours {
  days: readonly Weekday[];
  from: string;
  to: string;
}

export const officeHours: WorkingHours = {
  days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
  from: '09:00',
  to: '17:00',
};

export interface WorkingTime {
  hours: WorkingHours;
  /** IANA name. */
  zone: string;
  /** Whether nobody works on this day, `yyyy-mm-dd`. */
  isHoliday?: (day: string) => boolean;
}

/** When staff work, by the settings: in the system's zone; only the holidays of the named countries and dates count. */
export function staffTime(settings: {
  workingHours: WorkingHours;
  defaultZone: string;
  holidays: HolidaySettings | null;
}): WorkingTime {
  const holidayOn = holidaysFor(settings.holidays, null);
  const isHoliday = holidayOn && ((day: string) => holidayOn(day) !== null);
  return { hours: settings.workingHours, zone: settings.defaultZone, ...(isHoliday && { isHoliday }) };
}

/** Far more than the longest duration takes: hours that never come do not make it search for ever. */
const LONGEST_SEARCH_DAYS = 20_000;

/**
 * When something is due that is to be done within a duration of working time, in epoch milliseconds. Hours and less
 * count while people work. Of days, each is a working day, and it is due at the end of the last: what comes in on a
 * Monday, at whatever time, and has one day, is due on Tuesday evening. A week is as many working days as it has.
 * @throws RangeError for text that is no duration, and for hours that never come
 */
export function workingTimeAfter(at: number, duration: string, working: WorkingTime): number {
  const parsed = parseDuration(duration);
  if (parsed === null) throw new RangeError(`not a duration: ${duration}`);
  const { amount, unit } = parsed;
  if (unit === 'week') return endOfDay(at, amount * working.hours.days.length, working);
  if (unit === 'day' || unit === 'working day') return endOfDay(at, amount, working);
  return afterHours(at, periodMs(duration), working);
}

function endOfDay(at: number, days: number, working: WorkingTime): number {
  let left = days;
  for (const day of daysFrom(at, working)) {
    if (!day.isFirst) left -= 1;
    if (left === 0) return day.closes;
  }
  throw neverCome();
}

function afterHours(at: number, ms: number, working: WorkingTime): number {
  let left = ms;
  for (const { opens, closes } of daysFrom(at, working)) {
    const begins = Math.max(at, opens);
    if (closes - begins >= left) return begins + left;
    left -= Math.max(0, closes - begins);
  }
  throw neverCome();
}

/** The working days from the day of `at` on; that one is told apart. */
function* daysFrom(at: number, { hours, zone, isHoliday }: WorkingTime) {
  const today = DateTime.fromMillis(at, { zone });
  for (let ahead = 0; ahead < LONGEST_SEARCH_DAYS; ahead += 1) {
    const day = today.plus({ days: ahead });
    const name = weekdays[day.weekday - 1];
    if (!hours.days.some((one) => one === name) || isHoliday?.(day.toFormat('yyyy-MM-dd'))) continue;
    yield { isFirst: ahead === 0, opens: onDay(day, hours.from), closes: onDay(day, hours.to) };
  }
}

function onDay({ year, month, day, zone }: DateTime, time: string): number {
  const [hour, minute] = time.split(':').map(Number);
  return firstInstant(DateTime.fromObject({ year, month, day, hour, minute }, { zone }));
}

function neverCome(): RangeError {
  return new RangeError('these working hours never come');
}

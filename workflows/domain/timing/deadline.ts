import { DateTime } from 'luxon';
import { isoDate, valueAt } from '../conditions/values';
import type { Json } from '../json';
import { addDuration, firstInstant } from './duration';
import type { HolidayOn } from './holidays';

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
/** A time of day, 24 hours. */
export const clockPattern = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** What a wait says about its end; the shape of the compiled graph. */
export interface Waiting {
  for?: string;
  until?:
    | { day: number; at: string }
    | { date: string; at?: string }
    | { field: string; at?: string }
    | { weekday: string; at: string };
}

/** Instants in epoch milliseconds; `zone` is an IANA name; `fields` are the contact's, `traits` among them. */
export interface Arrival {
  arrivedAt: number;
  enteredAt: number;
  zone: string;
  fields: Record<string, Json>;
  /** Holidays are no working days. */
  holidayOn?: HolidayOn | null;
}

/**
 * Until when a wait lasts, in epoch milliseconds; null when only a behaviour ends it. What lies in the past already,
 * and the date of a field that holds none, is now: the deadline is the arrival.
 */
export function deadlineOf(wait: Waiting, arrival: Arrival): number | null {
  const { zone, holidayOn = null } = arrival;
  if (wait.for !== undefined) return addDuration(arrival.arrivedAt, wait.for, { zone, holidayOn });
  if (wait.until === undefined) return null;
  return Math.max(instantOf(wait.until, arrival) ?? arrival.arrivedAt, arrival.arrivedAt);
}

function instantOf(until: NonNullable<Waiting['until']>, arrival: Arrival): number | null {
  if ('day' in until) return dayOfJourney(until, arrival);
  if ('weekday' in until) return nextWeekday(until, arrival);
  if ('date' in until) return dateInstant(until.date, until.at, arrival.zone);
  return dateInstant(valueAt(arrival.fields, until.field), until.at, arrival.zone);
}

/** Entry is day 1, in the contact's zone. */
function dayOfJourney({ day, at }: { day: number; at: string }, { enteredAt, zone }: Arrival): number {
  return onDay(DateTime.fromMillis(enteredAt, { zone }).plus({ days: day - 1 }), at);
}

/** Today counts if the time is still to come. */
function nextWeekday({ weekday, at }: { weekday: string; at: string }, { arrivedAt, zone }: Arrival): number {
  const today = DateTime.fromMillis(arrivedAt, { zone });
  const ahead = (weekdays.findIndex((name) => name === weekday) + 8 - today.weekday) % 7;
  const first = onDay(today.plus({ days: ahead }), at);
  return first >= arrivedAt ? first : onDay(today.plus({ days: ahead + 7 }), at);
}

/**
 * The instant of an ISO date, or date and time; null for anything else. `at` gives a date its time of day (midnight
 * without it) and replaces a time that is there. What names no offset is in the contact's zone.
 */
function dateInstant(value: Json, at: string | undefined, zone: string): number | null {
  if (typeof value !== 'string' || !isoDate.test(value)) return null;
  const time = DateTime.fromISO(value.replace(' ', 'T'), { zone });
  if (!time.isValid) return null;
  if (at !== undefined) return onDay(time, at);
  return /(Z|[+-]\d{2}:?\d{2})$/.test(value.slice(10)) ? time.toMillis() : firstInstant(time);
}

function onDay(day: DateTime, at: string): number {
  const [hour, minute] = at.split(':').map(Number);
  const { year, month, day: date } = day;
  return firstInstant(DateTime.fromObject({ year, month, day: date, hour, minute }, { zone: day.zone }));
}

import type { CalendarSpec, ScheduleSpec } from '@temporalio/client';
import { localParts } from '../../workflows/domain/timing/local-time';
import { shownAt } from '../../workflows/domain/timing/wall-clock';
import type { EntrySchedule } from '../../workflows/journeys/graph';

type Recurring = Exclude<EntrySchedule, { once: string }>;

/** When an entry's Schedule fires, in the zone's own time. `now` is where the years of changed clocks begin. */
export function specOf(schedule: EntrySchedule, defaultZone: string, now = new Date()): ScheduleSpec {
  const timezone = schedule.zone ?? defaultZone;
  if ('once' in schedule) return { calendars: [onceAt(schedule.once, timezone)], timezone };
  return { calendars: [...calendarsOf(schedule), ...skippedOf(schedule, timezone, now)], timezone };
}

function calendarsOf(schedule: Recurring): CalendarSpec[] {
  const at = clockOf(schedule.at);
  switch (schedule.every) {
    case 'day':
      return [at];
    case 'week':
      return [{ ...at, dayOfWeek: weekdays[schedule.weekday] ?? 'MONDAY' }];
    case 'month':
      return daysOf(schedule.day).map((day) => ({ ...at, ...day }));
  }
}

const YEARS_AHEAD = 10;
const DAY_MS = 86_400_000;

/** Temporal passes over a time that the clocks skip. On such a day it is moved on by what they skip, as in waits. */
function skippedOf(schedule: Recurring, zone: string, now: Date): CalendarSpec[] {
  const days = Array.from({ length: YEARS_AHEAD * 366 }, (_, i) => new Date(now.getTime() + i * DAY_MS));
  return days.flatMap((day) => {
    const date = day.toISOString().slice(0, 10);
    if (!fallsOn(schedule, day)) return [];
    const shown = localParts(shownAt(date, schedule.at, zone).first, zone);
    return shown.clock === schedule.at ? [] : [onceAt(`${date}T${schedule.at}`, zone)];
  });
}

function fallsOn(schedule: Recurring, day: Date): boolean {
  if (schedule.every === 'week') return weekdayNames[day.getUTCDay()] === schedule.weekday;
  if (schedule.every === 'day') return true;
  const last = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
  return day.getUTCDate() === Math.min(schedule.day, last);
}

function onceAt(once: string, zone: string): CalendarSpec {
  const [given = '', at = ''] = once.split('T');
  const { date, clock } = localParts(shownAt(given, at, zone).first, zone);
  const [year, month, day] = date.split('-').map(Number);
  return { ...clockOf(clock), year: year ?? 0, month: months[(month ?? 1) - 1] ?? 'JANUARY', dayOfMonth: day ?? 1 };
}

function clockOf(at: string): { hour: number; minute: number } {
  const [hour = 0, minute = 0] = at.split(':').map(Number);
  return { hour, minute };
}

const weekdays: Readonly<Record<string, Day>> = {
  monday: 'MONDAY',
  tuesday: 'TUESDAY',
  wednesday: 'WEDNESDAY',
  thursday: 'THURSDAY',
  friday: 'FRIDAY',
  saturday: 'SATURDAY',
  sunday: 'SUNDAY',
};
const weekdayNames = ['sunday', ...Object.keys(weekdays).slice(0, 6)];
type Day = 'MONDAY' | 'TUESDAY' | 'WEDNESDAY' | 'THURSDAY' | 'FRIDAY' | 'SATURDAY' | 'SUNDAY';

const months = [
  ...(['JANUARY', 'FEBRUARY', 'MARCH', 'APRIL', 'MAY', 'JUNE'] as const),
  ...(['JULY', 'AUGUST', 'SEPTEMBER', 'OCTOBER', 'NOVEMBER', 'DECEMBER'] as const),
];
type Month = (typeof months)[number];

const short: Month[] = ['APRIL', 'JUNE', 'SEPTEMBER', 'NOVEMBER'];
const long: Month[] = months.filter((month) => month !== 'FEBRUARY' && !short.includes(month));

/** A day that a month does not have is its last: so each month has its own, and February four. */
function daysOf(day: number): Pick<CalendarSpec, 'dayOfMonth' | 'month' | 'year'>[] {
  if (day <= 28) return [{ dayOfMonth: day }];
  const leap = { dayOfMonth: 29, month: 'FEBRUARY' as const, year: { start: 2024, end: 2096, step: 4 } };
  const common = [2025, 2026, 2027].map((start) => ({
    ...{ dayOfMonth: 28, month: 'FEBRUARY' as const },
    year: { start, end: start + 72, step: 4 },
  }));
  return [{ dayOfMonth: day, month: long }, { dayOfMonth: Math.min(day, 30), month: short }, leap, ...common];
}

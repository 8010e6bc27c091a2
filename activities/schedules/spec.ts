import type { CalendarSpec, ScheduleSpec } from '@temporalio/client';
import type { EntrySchedule } from '../../workflows/journeys/graph';

/** When an entry's Schedule fires, in the zone's own time. */
export function specOf(schedule: EntrySchedule, defaultZone: string): ScheduleSpec {
  return { calendars: calendarsOf(schedule), timezone: schedule.zone ?? defaultZone };
}

function calendarsOf(schedule: EntrySchedule): CalendarSpec[] {
  if ('once' in schedule) return [onceAt(schedule.once)];
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

function onceAt(once: string): CalendarSpec {
  const [date = '', clock = ''] = once.split('T');
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

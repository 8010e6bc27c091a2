import { specOf } from '../../activities/schedules/spec';
import type { EntrySchedule } from '../../workflows/journeys/graph';

const calendars = (schedule: EntrySchedule) => specOf(schedule, 'UTC').calendars;

test('each schedule has its calendar', () => {
  expect(calendars({ once: '2026-12-01T09:05' })).toEqual([
    { year: 2026, month: 'DECEMBER', dayOfMonth: 1, hour: 9, minute: 5 },
  ]);
  expect(calendars({ every: 'day', at: '00:30' })).toEqual([{ hour: 0, minute: 30 }]);
  expect(calendars({ every: 'week', weekday: 'monday', at: '09:00' })).toEqual([
    { dayOfWeek: 'MONDAY', hour: 9, minute: 0 },
  ]);
  expect(calendars({ every: 'month', day: 15, at: '09:00' })).toEqual([{ dayOfMonth: 15, hour: 9, minute: 0 }]);
});

/** The day on which a month's firing falls, by what the calendars say. */
function dayIn(day: number, year: number, month: string): number[] {
  return (calendars({ every: 'month', day, at: '09:00' }) ?? []).flatMap((calendar) => {
    const { month: months, year: years, dayOfMonth } = calendar;
    const inMonth = months === undefined || [months].flat().some((one) => one === month);
    const isRange = typeof years === 'object' && 'start' in years;
    const inYear =
      !isRange || (year >= years.start && year <= (years.end ?? 0) && (year - years.start) % (years.step ?? 1) === 0);
    return inMonth && inYear && typeof dayOfMonth === 'number' ? [dayOfMonth] : [];
  });
}

test.each([
  [31, 2027, 'JANUARY', 31],
  [31, 2027, 'APRIL', 30],
  [31, 2027, 'FEBRUARY', 28],
  [31, 2028, 'FEBRUARY', 29],
  [30, 2028, 'FEBRUARY', 29],
  [30, 2027, 'JANUARY', 30],
  [29, 2026, 'FEBRUARY', 28],
  [29, 2028, 'FEBRUARY', 29],
  [29, 2027, 'NOVEMBER', 29],
  [28, 2027, 'FEBRUARY', 28],
])('day %i of a month, in %i %s: the %ith', (day, year, month, expected) => {
  expect(dayIn(day, year, month)).toEqual([expected]);
});

test('a schedule is in its own zone', () => {
  const daily = { every: 'day', at: '09:00' } as const;
  expect(specOf({ ...daily, zone: 'Europe/Berlin' }, 'UTC').timezone).toBe('Europe/Berlin');
  expect(specOf(daily, 'Asia/Kathmandu').timezone).toBe('Asia/Kathmandu');
});

describe('a time that the clocks skip', () => {
  const berlin = { zone: 'Europe/Berlin', at: '02:30' } as const;
  const moved = { year: 2027, month: 'MARCH', dayOfMonth: 28, hour: 3, minute: 30 };
  const inSpring = (schedule: EntrySchedule) => specOf(schedule, 'UTC', new Date('2026-11-23T00:00Z')).calendars;

  test.each<[string, EntrySchedule]>([
    ['once', { zone: 'Europe/Berlin', once: '2027-03-28T02:30' }],
    ['each day', { ...berlin, every: 'day' }],
    ['each Sunday', { ...berlin, every: 'week', weekday: 'sunday' }],
    ['each 28th', { ...berlin, every: 'month', day: 28 }],
  ])('is moved on: %s', (_, schedule) => {
    expect(inSpring(schedule)).toContainEqual(moved);
  });

  test.each<[string, EntrySchedule]>([
    ['another weekday', { ...berlin, every: 'week', weekday: 'monday' }],
    ['another time', { ...berlin, every: 'day', at: '09:00' }],
    ['another zone', { ...berlin, every: 'day', zone: 'UTC' }],
  ])('is none: %s', (_, schedule) => {
    expect(inSpring(schedule)).toHaveLength(1);
  });
});

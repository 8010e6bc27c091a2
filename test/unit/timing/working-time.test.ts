import { officeHours, workingTimeAfter, type WorkingTime } from '../../../workflows/domain/timing/working-time';

const berlin: WorkingTime = { hours: officeHours, zone: 'Europe/Berlin' };
const due = (at: string, duration: string, working: Partial<WorkingTime> = {}): string =>
  new Date(workingTimeAfter(Date.parse(at), duration, { ...berlin, ...working })).toISOString();

// Berlin is UTC+1 in November: people work from 08:00Z to 16:00Z. 23 November 2026 is a Monday.
test.each([
  ['within the day', '2026-11-23T09:00:00Z', '4 hours', '2026-11-23T13:00:00.000Z'],
  ['to the last minute', '2026-11-23T08:00:00Z', '8 hours', '2026-11-23T16:00:00.000Z'],
  ['over the evening', '2026-11-23T14:30:00Z', '2 hours', '2026-11-24T08:30:00.000Z'],
  ['from before the morning', '2026-11-23T03:00:00Z', '30 minutes', '2026-11-23T08:30:00.000Z'],
  ['from the evening', '2026-11-23T20:00:00Z', '30 minutes', '2026-11-24T08:30:00.000Z'],
  ['over the weekend', '2026-11-27T15:00:00Z', '2 hours', '2026-11-30T09:00:00.000Z'],
  ['from a Sunday', '2026-11-29T12:00:00Z', '1 hour', '2026-11-30T09:00:00.000Z'],
  ['over several days', '2026-11-23T12:00:00Z', '20 hours', '2026-11-25T16:00:00.000Z'],
  ['90 seconds', '2026-11-23T15:59:00Z', '90 seconds', '2026-11-24T08:00:30.000Z'],
])('hours count while people work: %s', (_, at, duration, then) => expect(due(at, duration)).toBe(then));

test.each([
  ['the next evening', '2026-11-23T09:00:00Z', '1 working day', '2026-11-24T16:00:00.000Z'],
  ['from the evening', '2026-11-23T20:00:00Z', '1 day', '2026-11-24T16:00:00.000Z'],
  ['over the weekend', '2026-11-27T09:00:00Z', '1 day', '2026-11-30T16:00:00.000Z'],
  ['from a Saturday', '2026-11-28T09:00:00Z', '1 day', '2026-11-30T16:00:00.000Z'],
  ['three of them', '2026-11-25T09:00:00Z', '3 working days', '2026-11-30T16:00:00.000Z'],
  ['a week', '2026-11-25T09:00:00Z', '1 week', '2026-12-02T16:00:00.000Z'],
  ['by the day in the zone', '2026-11-23T23:30:00Z', '1 day', '2026-11-25T16:00:00.000Z'],
])('days are working days: %s', (_, at, duration, then) => expect(due(at, duration)).toBe(then));

test.each([
  // The clocks go back on Sunday 25 October 2026 and forward on Sunday 28 March 2027.
  ['hours over the end of summer time', '2026-10-23T14:00:00Z', '2 hours', '2026-10-26T09:00:00.000Z'],
  ['days over the end of summer time', '2026-10-23T07:00:00Z', '1 day', '2026-10-26T16:00:00.000Z'],
  ['hours over the beginning of it', '2027-03-26T15:00:00Z', '2 hours', '2027-03-29T08:00:00.000Z'],
])('%s', (_, at, duration, then) => expect(due(at, duration)).toBe(then));

test('a night that loses an hour is an hour shorter', () => {
  const nights = { ...officeHours, days: ['sunday'] as const, from: '01:00', to: '05:00' };
  expect(due('2027-03-27T12:00:00Z', '3 hours', { hours: nights })).toBe('2027-03-28T03:00:00.000Z');
  expect(due('2027-03-27T12:00:00Z', '4 hours', { hours: nights })).toBe('2027-04-04T00:00:00.000Z');
  // A time that the clock skips is moved on: work from half past two begins at half past three.
  expect(due('2027-03-27T12:00:00Z', '1 hour', { hours: { ...nights, from: '02:30' } })).toBe(
    '2027-03-28T02:30:00.000Z',
  );
});

test('nobody works on a holiday', () => {
  const isHoliday = (day: string): boolean => day === '2026-12-24' || day === '2026-12-25';
  expect(due('2026-12-23T15:00:00Z', '2 hours', { isHoliday })).toBe('2026-12-28T09:00:00.000Z');
  expect(due('2026-12-23T15:00:00Z', '1 day', { isHoliday })).toBe('2026-12-28T16:00:00.000Z');
});

test('a four-day week has four days', () => {
  const hours = { ...officeHours, days: ['monday', 'tuesday', 'wednesday', 'thursday'] as const };
  expect(due('2026-11-23T09:00:00Z', '1 week', { hours })).toBe('2026-11-30T16:00:00.000Z');
});

test('hours that never come are an error', () => {
  expect(() => due('2026-11-23T09:00:00Z', '1 hour', { hours: { ...officeHours, days: [] } })).toThrow('never come');
  expect(() => due('2026-11-23T09:00:00Z', 'soon')).toThrow('not a duration');
});

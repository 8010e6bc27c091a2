import { holidaysFor } from '../../../workflows/domain/timing/holidays';
import { deadlineOf, type Waiting } from '../../../workflows/domain/timing/deadline';
import type { Json } from '../../../workflows/domain/json';

const NewYork = 'America/New_York'; // 2026: clocks go on 8 March 07:00Z, back 1 November 06:00Z
const Berlin = 'Europe/Berlin'; // 29 March 01:00Z, 25 October 01:00Z
const LordHowe = 'Australia/Lord_Howe'; // half an hour: 4 October 2026 on, 5 April back
const Kathmandu = 'Asia/Kathmandu'; // UTC+05:45
const Kiritimati = 'Pacific/Kiritimati'; // UTC+14
const Santiago = 'America/Santiago'; // 6 September 2026: 00:00 becomes 01:00
const West = 'Etc/GMT+12'; // UTC−12

test.each<[string, string, string, string, string]>([
  ['hours pass through a change of clocks', '90 minutes', NewYork, '2026-03-08T06:30Z', '2026-03-08T08:00Z'],
  ['seconds', '30 seconds', Berlin, '2026-03-29T00:59:45Z', '2026-03-29T01:00:15Z'],
  ['24 hours are not a day', '24 hours', NewYork, '2026-03-07T15:00Z', '2026-03-08T15:00Z'],
  ['a day of 23 hours', '1 day', NewYork, '2026-03-07T15:00Z', '2026-03-08T14:00Z'],
  ['a day of 25 hours', '1 day', NewYork, '2026-10-31T14:00Z', '2026-11-01T15:00Z'],
  ['a day into the skipped hour', '1 day', NewYork, '2026-03-07T07:30Z', '2026-03-08T07:30Z'],
  ['a day into the doubled hour takes the first', '1 day', NewYork, '2026-10-31T05:30Z', '2026-11-01T05:30Z'],
  ['a week over the change', '1 week', Berlin, '2026-03-25T09:00Z', '2026-04-01T08:00Z'],
  ['two weeks back over the other', '2 weeks', Berlin, '2026-10-20T08:00Z', '2026-11-03T09:00Z'],
  ['days in a zone of odd minutes', '5 days', Kathmandu, '2026-05-01T20:00Z', '2026-05-06T20:00Z'],
  ['half an hour skipped', '1 day', LordHowe, '2026-10-02T15:45Z', '2026-10-03T15:45Z'],
  ['half an hour doubled', '1 day', LordHowe, '2026-04-03T14:45Z', '2026-04-04T14:45Z'],
  ['days over half an hour', '2 days', LordHowe, '2026-10-03T01:30Z', '2026-10-05T01:00Z'],
  ['a date that never was', '1 day', 'Pacific/Apia', '2011-12-29T20:00Z', '2011-12-30T20:00Z'],
  ['working days leave out the weekend', '3 working days', NewYork, '2026-03-06T15:00Z', '2026-03-11T14:00Z'],
  ['from Saturday the first is Monday', '1 working day', 'UTC', '2026-05-02T10:00Z', '2026-05-04T10:00Z'],
  ['five from Sunday end on Friday', '5 working days', 'UTC', '2026-05-03T10:00Z', '2026-05-08T10:00Z'],
  ['Saturday is the contact’s, far east', '1 working day', Kiritimati, '2026-05-01T12:00Z', '2026-05-03T12:00Z'],
  ['Friday is the contact’s, far west', '1 working day', West, '2026-05-02T08:00Z', '2026-05-05T08:00Z'],
])('for: %s', (_title, duration, zone, arrivedAt, expected) => {
  expect(iso(deadlineOf({ for: duration }, { arrivedAt: at(arrivedAt), enteredAt: 0, zone, fields: {} }))).toBe(
    iso(at(expected)),
  );
});

test.each<[string, string, string, string, string, string]>([
  ['entry is day 1 in the zone', '3 09:30', Berlin, '2026-11-20T22:30Z', '2026-11-20T22:31Z', '2026-11-22T08:30Z'],
  ['after midnight there', '3 09:30', Berlin, '2026-11-20T23:30Z', '2026-11-20T23:31Z', '2026-11-23T08:30Z'],
  ['past goes on at once', '1 09:30', Berlin, '2026-11-20T10:00Z', '2026-11-20T10:00:07Z', '2026-11-20T10:00:07Z'],
  ['day 1 still ahead', '1 18:00', Berlin, '2026-11-20T10:00Z', '2026-11-20T10:00Z', '2026-11-20T17:00Z'],
  ['over the change', '2 09:30', Berlin, '2026-03-28T12:00Z', '2026-03-28T12:00Z', '2026-03-29T07:30Z'],
  ['in the skipped hour', '2 02:30', Berlin, '2026-03-28T12:00Z', '2026-03-28T12:00Z', '2026-03-29T01:30Z'],
  ['in the doubled hour', '2 02:30', Berlin, '2026-10-24T12:00Z', '2026-10-24T12:00Z', '2026-10-25T00:30Z'],
  ['in a zone of odd minutes', '8 09:30', Kathmandu, '2026-06-01T20:00Z', '2026-06-01T20:00Z', '2026-06-09T03:45Z'],
  ['far east', '2 00:00', Kiritimati, '2026-06-01T09:59Z', '2026-06-01T09:59Z', '2026-06-01T10:00Z'],
  ['far west', '2 00:00', West, '2026-06-01T11:59Z', '2026-06-01T11:59Z', '2026-06-01T12:00Z'],
  [
    'when Ramadan begins',
    '2 09:30',
    'Africa/Casablanca',
    '2026-02-14T12:00Z',
    '2026-02-14T12:00Z',
    '2026-02-15T09:30Z',
  ],
  [
    'on a date that never was',
    '2 09:30',
    'Pacific/Apia',
    '2011-12-29T20:00Z',
    '2011-12-29T20:00Z',
    '2011-12-30T19:30Z',
  ],
  ['in New York’s skipped hour', '2 02:30', NewYork, '2026-03-07T15:00Z', '2026-03-07T15:00Z', '2026-03-08T07:30Z'],
  ['in the skipped half hour', '2 02:15', LordHowe, '2026-10-03T01:00Z', '2026-10-03T01:00Z', '2026-10-03T15:45Z'],
])('until day: %s', (_title, dayAndTime, zone, enteredAt, arrivedAt, expected) => {
  const [day = '', time = ''] = dayAndTime.split(' ');
  const arrival = { arrivedAt: at(arrivedAt), enteredAt: at(enteredAt), zone, fields: {} };
  expect(iso(deadlineOf({ until: { day: Number(day), at: time } }, arrival))).toBe(iso(at(expected)));
});

test.each<[string, Waiting['until'], string, string, string]>([
  ['date and time', { date: '2026-12-24', at: '18:00' }, NewYork, '2026-12-01T00:00Z', '2026-12-24T23:00Z'],
  ['date alone is its midnight', { date: '2026-12-24' }, Kiritimati, '2026-12-01T00:00Z', '2026-12-23T10:00Z'],
  ['a midnight that is skipped', { date: '2026-09-06' }, Santiago, '2026-09-01T00:00Z', '2026-09-06T04:00Z'],
  ['date in the past', { date: '2026-01-01' }, Berlin, '2026-12-01T07:00Z', '2026-12-01T07:00Z'],
  ['Monday from Wednesday', { weekday: 'monday', at: '09:00' }, Berlin, '2026-11-25T12:00Z', '2026-11-30T08:00Z'],
  ['today, later', { weekday: 'wednesday', at: '15:00' }, Berlin, '2026-11-25T12:00Z', '2026-11-25T14:00Z'],
  ['today, over', { weekday: 'wednesday', at: '12:59' }, Berlin, '2026-11-25T12:00Z', '2026-12-02T11:59Z'],
  ['today, this very minute', { weekday: 'wednesday', at: '13:00' }, Berlin, '2026-11-25T12:00Z', '2026-11-25T12:00Z'],
  [
    'a midnight that is skipped',
    { weekday: 'sunday', at: '00:00' },
    Santiago,
    '2026-09-05T12:00Z',
    '2026-09-06T04:00Z',
  ],
  ['next week over the change', { weekday: 'sunday', at: '01:00' }, NewYork, '2026-10-25T12:00Z', '2026-11-01T05:00Z'],
  [
    'the weekday is the contact’s',
    { weekday: 'monday', at: '00:00' },
    Kiritimati,
    '2026-11-22T09:00Z',
    '2026-11-22T10:00Z',
  ],
])('until: %s', (_title, until, zone, arrivedAt, expected) => {
  expect(iso(deadlineOf({ until }, { arrivedAt: at(arrivedAt), enteredAt: 0, zone, fields: {} }))).toBe(
    iso(at(expected)),
  );
});

const arrived = '2026-12-01T00:00Z';
test.each<[string, Json, string | undefined, string]>([
  ['a date', '2026-12-24', undefined, '2026-12-23T23:00Z'],
  ['a date at a time', '2026-12-24', '09:00', '2026-12-24T08:00Z'],
  ['an instant', '2026-12-24T10:15:00+02:00', undefined, '2026-12-24T08:15Z'],
  ['a time without offset is the contact’s', '2026-12-24 10:15', undefined, '2026-12-24T09:15Z'],
  ['at moves within the contact’s day', '2026-12-24T23:30:00-05:00', '09:00', '2026-12-25T08:00Z'],
  ['nothing there goes on at once', null, '09:00', arrived],
  ['no date goes on at once', 'soon', undefined, arrived],
  ['a day that does not exist goes on at once', '2027-02-30', undefined, arrived],
  ['a number is no date', 1_900_000_000, undefined, arrived],
])('until field: %s', (_title, renewal, time, expected) => {
  const arrival = { arrivedAt: at(arrived), enteredAt: 0, zone: Berlin, fields: { traits: { renewal } } };
  expect(iso(deadlineOf({ until: { field: 'traits.renewal', at: time } }, arrival))).toBe(iso(at(expected)));
});

test.each<[string, string, string, string, string, string]>([
  ['Christmas and a weekend', '1 working day', 'DE', Berlin, '2026-12-24T10:00Z', '2026-12-28T10:00Z'],
  ['Easter', '3 working days', 'DE', Berlin, '2026-04-02T09:00Z', '2026-04-09T09:00Z'],
  ['Thanksgiving', '2 working days', 'US', NewYork, '2026-11-25T15:00Z', '2026-11-30T15:00Z'],
  ['elsewhere it is none', '2 working days', 'DE', NewYork, '2026-11-25T15:00Z', '2026-11-27T15:00Z'],
  ['days are no working days', '2 days', 'DE', Berlin, '2026-12-24T10:00Z', '2026-12-26T10:00Z'],
  ['a Friday that never was', '1 working day', 'WS', 'Pacific/Apia', '2011-12-29T20:00Z', '2012-01-01T20:00Z'],
])('with holidays: %s', (_title, duration, country, zone, arrivedAt, expected) => {
  const holidayOn = holidaysFor({ countries: ['contact'], dates: [] }, country);
  const arrival = { arrivedAt: at(arrivedAt), enteredAt: 0, zone, fields: {}, holidayOn };
  expect(iso(deadlineOf({ for: duration }, arrival))).toBe(iso(at(expected)));
});

test('a wait for a behaviour alone has no deadline', () => {
  expect(deadlineOf({}, { arrivedAt: 1, enteredAt: 0, zone: 'UTC', fields: {} })).toBeNull();
});

function at(text: string): number {
  return Date.parse(text);
}

function iso(instant: number | null): string | null {
  return instant === null ? null : new Date(instant).toISOString();
}

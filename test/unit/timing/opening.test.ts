import { holidaysFor } from '../../../workflows/domain/timing/holidays';
import {
  closedBy,
  everOpens,
  nextOpening,
  openStretch,
  type SendingHours,
} from '../../../workflows/domain/timing/opening';
import type { DailyHours, Weekday, Window } from '../../../workflows/domain/timing/window';

// Instants are computed by hand from the published offsets; `Z` is UTC.
const Berlin = 'Europe/Berlin';
const NewYork = 'America/New_York';
const LordHowe = 'Australia/Lord_Howe';
const Kathmandu = 'Asia/Kathmandu';
const Santiago = 'America/Santiago';
const Kiritimati = 'Pacific/Kiritimati';
const West = 'Etc/GMT+12';
const Apia = 'Pacific/Apia';
const Casablanca = 'Africa/Casablanca';

const workdays: Weekday[] = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];

test.each<[string, string, string, string, string]>([
  ['before it opens', '09:00–17:00', Berlin, '2026-11-23T07:00Z', '2026-11-23T08:00Z'],
  ['as it opens', '09:00–17:00', Berlin, '2026-11-23T08:00Z', '2026-11-23T08:00Z'],
  ['while it is open', '09:00–17:00', Berlin, '2026-11-23T12:34:56Z', '2026-11-23T12:34:56Z'],
  ['at its last moment', '09:00–17:00', Berlin, '2026-11-23T15:59:59.999Z', '2026-11-23T15:59:59.999Z'],
  ['as it closes', '09:00–17:00', Berlin, '2026-11-23T16:00Z', '2026-11-24T08:00Z'],
  ['over the weekend', 'workdays 09:00–17:00', Berlin, '2026-11-27T16:00Z', '2026-11-30T08:00Z'],
  ['on another day', 'saturday 10:00–12:00', Berlin, '2026-11-23T08:00Z', '2026-11-28T09:00Z'],
  ['whole days', 'saturday 00:00–00:00', Berlin, '2026-11-27T20:00Z', '2026-11-27T23:00Z'],
  ['to the end of a whole day', 'saturday 00:00–00:00', Berlin, '2026-11-28T22:59Z', '2026-11-28T22:59Z'],
  ['after a whole day', 'saturday 00:00–00:00', Berlin, '2026-11-28T23:00Z', '2026-12-04T23:00Z'],

  ['past midnight', 'friday 22:00–02:00', Berlin, '2026-11-28T00:30Z', '2026-11-28T00:30Z'],
  ['past its end after midnight', 'friday 22:00–02:00', Berlin, '2026-11-28T01:00Z', '2026-12-04T21:00Z'],
  ['the day before', 'friday 22:00–02:00', Berlin, '2026-11-26T22:00Z', '2026-11-27T21:00Z'],
  ['after midnight of its own day', 'friday 22:00–02:00', Berlin, '2026-11-27T00:00Z', '2026-11-27T21:00Z'],
  ['past midnight, two zones', 'friday 22:00–02:00', NewYork, '2026-11-28T06:59Z', '2026-11-28T06:59Z'],

  ['spring in Berlin', '09:00–17:00', Berlin, '2026-03-28T18:00Z', '2026-03-29T07:00Z'],
  ['autumn in Berlin', '09:00–17:00', Berlin, '2026-10-24T18:00Z', '2026-10-25T08:00Z'],
  ['spring in New York', '09:00–17:00', NewYork, '2026-03-07T23:00Z', '2026-03-08T13:00Z'],
  ['autumn in New York', '09:00–17:00', NewYork, '2026-10-31T22:00Z', '2026-11-01T14:00Z'],
  ['opening skipped, Berlin', '02:30–05:00', Berlin, '2026-03-28T20:00Z', '2026-03-29T01:30Z'],
  ['opening shown twice, Berlin', '02:30–05:00', Berlin, '2026-10-24T20:00Z', '2026-10-25T00:30Z'],
  ['before a closing shown twice', '00:00–02:30', Berlin, '2026-10-25T00:29Z', '2026-10-25T00:29Z'],
  ['a closing shown twice is the first', '00:00–02:30', Berlin, '2026-10-25T00:30Z', '2026-10-25T23:00Z'],
  ['the second time it is over', '00:00–02:30', Berlin, '2026-10-25T01:10Z', '2026-10-25T23:00Z'],
  ['opening skipped, New York', '02:30–05:00', NewYork, '2026-03-08T03:00Z', '2026-03-08T07:30Z'],
  ['opening shown twice, New York', '01:30–05:00', NewYork, '2026-11-01T03:00Z', '2026-11-01T05:30Z'],
  ['a closing skipped moves on', '00:00–02:30', NewYork, '2026-03-08T07:20Z', '2026-03-08T07:20Z'],
  ['half an hour skipped', '02:15–04:00', LordHowe, '2026-10-03T10:00Z', '2026-10-03T15:45Z'],
  ['half an hour shown twice', '01:45–03:00', LordHowe, '2026-04-04T10:00Z', '2026-04-04T14:45Z'],
  ['a midnight skipped', '00:00–06:00', Santiago, '2026-09-06T03:30Z', '2026-09-06T04:00Z'],
  ['a day before a skipped midnight', '09:00–00:00', Santiago, '2026-09-06T03:59Z', '2026-09-06T03:59Z'],
  ['its end', '09:00–00:00', Santiago, '2026-09-06T04:00Z', '2026-09-06T12:00Z'],

  ['odd minutes', '09:00–17:00', Kathmandu, '2026-11-23T00:00Z', '2026-11-23T03:15Z'],
  ['a Monday that is still Sunday', 'workdays 09:00–17:00', Kiritimati, '2026-11-22T18:00Z', '2026-11-22T19:00Z'],
  ['Friday closes far east', 'workdays 09:00–17:00', Kiritimati, '2026-11-27T03:00Z', '2026-11-29T19:00Z'],
  ['a Friday that is Saturday', 'workdays 09:00–17:00', West, '2026-11-28T01:00Z', '2026-11-28T01:00Z'],
  ['Friday closes far west', 'workdays 09:00–17:00', West, '2026-11-28T05:00Z', '2026-11-30T21:00Z'],
  ['a date that never was', '09:00–17:00', Apia, '2011-12-30T03:00Z', '2011-12-30T19:00Z'],
  ['a Friday that never was', 'friday 09:00–17:00', Apia, '2011-12-30T03:00Z', '2012-01-05T19:00Z'],
  ['into Ramadan', '09:00–17:00', Casablanca, '2026-02-14T20:00Z', '2026-02-15T09:00Z'],
  ['out of Ramadan', '09:00–17:00', Casablanca, '2026-03-21T20:00Z', '2026-03-22T08:00Z'],
])('window: %s', (_title, text, zone, from, expected) => {
  expect(opening(from, { window: window(text) }, zone)).toBe(iso(at(expected)));
});

test.each<[string, string, string, string, string]>([
  ['in the morning', '21:00–08:00', Berlin, '2026-11-23T06:00Z', '2026-11-23T07:00Z'],
  ['by day', '21:00–08:00', Berlin, '2026-11-23T19:59Z', '2026-11-23T19:59Z'],
  ['in the evening', '21:00–08:00', Berlin, '2026-11-23T20:00Z', '2026-11-24T07:00Z'],
  ['at noon', '12:00–14:00', Berlin, '2026-11-23T11:30Z', '2026-11-23T13:00Z'],
  ['a shorter night', '21:00–08:00', Berlin, '2026-03-28T21:00Z', '2026-03-29T06:00Z'],
  ['a longer night', '21:00–08:00', Berlin, '2026-10-24T20:00Z', '2026-10-25T07:00Z'],
  ['an end shown twice is the second', '22:00–02:30', Berlin, '2026-10-24T22:00Z', '2026-10-25T01:30Z'],
  ['an end skipped moves on', '22:00–02:30', Berlin, '2026-03-28T22:00Z', '2026-03-29T01:30Z'],
  ['a beginning shown twice', '23:30–07:00', Santiago, '2026-04-05T02:45Z', '2026-04-05T11:00Z'],
  ['between both beginnings', '23:30–07:00', Santiago, '2026-04-05T03:10Z', '2026-04-05T11:00Z'],
  ['odd minutes', '21:00–08:00', Kathmandu, '2026-11-23T15:15Z', '2026-11-24T02:15Z'],
])('quiet hours: %s', (_title, text, zone, from, expected) => {
  expect(opening(from, { quiet: hours(text) }, zone)).toBe(iso(at(expected)));
});

test.each<[string, string, string]>([
  ['the later of both openings', '2026-11-23T08:30Z', '2026-11-23T09:00Z'],
  ['the earlier of both closings', '2026-11-23T17:00Z', '2026-11-24T09:00Z'],
])('window and quiet hours: %s', (_title, from, expected) => {
  const rules = { window: window('09:00–20:00'), quiet: hours('18:00–10:00') };
  expect(opening(from, rules, Berlin)).toBe(iso(at(expected)));
});

test.each<[string, string, string, string, string, string]>([
  ['Christmas and a weekend', 'DE', 'workdays 09:00–17:00', Berlin, '2026-12-24T16:30Z', '2026-12-28T08:00Z'],
  ['Thanksgiving', 'US', 'workdays 09:00–17:00', NewYork, '2026-11-26T15:00Z', '2026-11-27T14:00Z'],
  ['not elsewhere', 'DE', 'workdays 09:00–17:00', NewYork, '2026-11-26T15:00Z', '2026-11-26T15:00Z'],
  ['Easter in the country’s name', 'Germany', 'workdays 09:00–17:00', Berlin, '2026-04-03T08:00Z', '2026-04-07T07:00Z'],
  ['until midnight', 'DE', '', Berlin, '2026-05-01T08:00Z', '2026-05-01T22:00Z'],
  ['the evening before it', 'DE', '22:00–02:00', Berlin, '2026-10-02T21:30Z', '2026-10-02T21:30Z'],
  ['the night after it', 'DE', '22:00–02:00', Berlin, '2026-10-02T22:30Z', '2026-10-03T22:00Z'],
  ['one that begins at dusk', 'IL', '09:00–17:00', 'Asia/Jerusalem', '2026-09-11T07:00Z', '2026-09-11T07:00Z'],
  ['and lasts two days', 'IL', '09:00–17:00', 'Asia/Jerusalem', '2026-09-12T07:00Z', '2026-09-14T06:00Z'],
  ['half a day is none', 'CN', '09:00–17:00', 'Asia/Shanghai', '2026-05-04T05:00Z', '2026-05-04T05:00Z'],
  ['no country, no holiday', '', '09:00–17:00', Berlin, '2026-12-25T09:00Z', '2026-12-25T09:00Z'],
])('holidays: %s', (_title, country, text, zone, from, expected) => {
  const holidayOn = holidaysFor({ countries: ['contact'], dates: [] }, country);
  expect(opening(from, { window: text === '' ? null : window(text), holidayOn }, zone)).toBe(iso(at(expected)));
});

test('dates of one’s own are holidays', () => {
  const on = holidaysFor({ countries: ['FR'], dates: ['12-24', '2027-01-04'] }, 'DE');
  const days = ['2026-12-24', '2027-12-24', '2027-01-04', '2028-01-04', '2026-07-14', '2026-10-03'];
  expect(days.map((day) => on?.(day))).toEqual(['12-24', '12-24', '2027-01-04', null, 'Bastille Day (FR)', null]);
  expect(holidaysFor({ countries: [], dates: [] }, 'DE')).toBeNull();
  expect(holidaysFor(null, 'DE')).toBeNull();
});

test('the nearest rule names why it is closed', () => {
  const rules = {
    window: window('workdays 09:00–17:00'),
    quiet: hours('21:00–08:00'),
    holidayOn: holidaysFor({ countries: ['DE'], dates: [] }, null),
  };
  const why = (text: string) => closedBy(at(text), rules, Berlin);
  expect(why('2026-12-25T10:00Z')).toBe('holiday: Christmas Day (DE)');
  expect(why('2026-11-23T21:00Z')).toBe('quiet hours');
  expect(why('2026-11-23T07:30Z')).toBe('window');
  expect(why('2026-11-23T08:00Z')).toBeNull();
});

test('without rules it is always open', () => {
  const always = { window: null, quiet: null, holidayOn: null };
  expect(openStretch(7, always, Berlin)).toEqual({ from: -Infinity, to: Infinity });
  expect(opening('2026-11-23T03:00Z', { window: window('00:00–00:00') }, Berlin)).toBe('2026-11-23T03:00:00.000Z');
});

test('a stretch is whole across midnight', () => {
  const stretch = openStretch(
    at('2026-11-23T22:30Z'),
    { window: window('08:00–02:00'), quiet: null, holidayOn: null },
    Berlin,
  );
  expect(stretch).toEqual({ from: at('2026-11-23T07:00Z'), to: at('2026-11-24T01:00Z') });
});

test('days without a rule between them are one stretch', () => {
  const holidayOn = holidaysFor({ countries: [], dates: ['12-28'] }, null);
  const stretch = openStretch(at('2026-12-29T10:00Z'), { window: null, quiet: null, holidayOn }, 'UTC');
  expect(stretch?.from).toBe(at('2026-12-29T00:00Z'));
  expect(stretch?.to).toBeGreaterThanOrEqual(at('2026-12-31T10:00Z'));
});

test.each<[string, string | null, string | null, boolean]>([
  ['a window inside the quiet hours', '22:00–23:00', '21:00–08:00', false],
  ['a minute of it outside', '22:00–08:01', '21:00–08:00', true],
  ['quiet all day', null, '00:00–00:00', false],
  ['a window of whole days', 'sunday 00:00–00:00', null, true],
])('ever opens: %s', (_title, open, quiet, expected) => {
  expect(everOpens(open === null ? null : window(open), quiet === null ? null : hours(quiet))).toBe(expected);
});

test('what never opens has no next opening', () => {
  const allDays = holidaysFor({ countries: [], dates: everyDay() }, null);
  expect(opening('2026-11-23T03:00Z', { holidayOn: allDays }, Berlin)).toBeNull();
});

function everyDay(): string[] {
  const leap = Date.UTC(2028, 0, 1);
  return Array.from({ length: 366 }, (_, day) => new Date(leap + day * 86_400_000).toISOString().slice(5, 10));
}

/** `friday 22:00–02:00`, `workdays 09:00–17:00` or without days. */
function window(text: string): Window {
  const [times = '', day] = text.split(' ').reverse();
  if (day === undefined) return hours(times);
  return { ...hours(times), days: day === 'workdays' ? workdays : [day as Weekday] };
}

function hours(text: string): DailyHours {
  const [from = '', to = ''] = text.split('–');
  return { from, to };
}

function opening(from: string, rules: Partial<SendingHours>, zone: string): string | null {
  return iso(nextOpening(at(from), { window: null, quiet: null, holidayOn: null, ...rules }, zone));
}

function at(text: string): number {
  return Date.parse(text);
}

function iso(instant: number | null): string | null {
  return instant === null ? null : new Date(instant).toISOString();
}

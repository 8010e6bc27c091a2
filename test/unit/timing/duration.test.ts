import { parseDuration, periodMs, reachMs, sinceInstant } from '../../../workflows/domain/timing/duration';

test.each([
  ['2 days', { amount: 2, unit: 'day' }],
  ['1 week', { amount: 1, unit: 'week' }],
  ['90 minutes', { amount: 90, unit: 'minute' }],
  ['3 working days', { amount: 3, unit: 'working day' }],
  ['3652 days', { amount: 3652, unit: 'day' }],
  ['4000 days', null],
  ['0 days', null],
  ['-1 days', null],
  ['1.5 hours', null],
  ['2days', null],
  ['two days', null],
  ['1 month', null],
  ['', null],
])('%s', (text, expected) => {
  expect(parseDuration(text)).toEqual(expected);
});

test('a period is its nominal length', () => {
  expect(periodMs('7 days')).toBe(604_800_000);
  expect(() => periodMs('a while')).toThrow('not a duration: a while');
});

test.each([
  ['7 days', 'Europe/Berlin', '2026-04-01T08:00Z', '2026-03-25T09:00Z'],
  ['36 hours', 'Europe/Berlin', '2026-03-29T20:00Z', '2026-03-28T08:00Z'],
  ['1 day', 'Europe/Berlin', '2026-10-26T01:30Z', '2026-10-25T00:30Z'],
  ['2 weeks', 'UTC', '2026-04-01T08:00Z', '2026-03-18T08:00Z'],
  ['2 working days', 'UTC', '2026-05-04T10:00Z', '2026-04-30T10:00Z'],
])('%s before, in %s', (period, zone, instant, expected) => {
  expect(sinceInstant(period, Date.parse(instant), zone)).toBe(Date.parse(expected));
});

test('a look-back never goes beyond its reach', () => {
  const zones = ['UTC', 'Europe/Berlin', 'Pacific/Apia', 'America/New_York'];
  const periods = ['1 day', '90 hours', '3 weeks', ...Array.from({ length: 45 }, (_, i) => `${i + 1} working days`)];
  for (const zone of zones) {
    for (let day = 0; day < 14; day += 1) {
      // Days about the one that Samoa left out.
      const at = Date.UTC(2011, 11, 26 + day, 9);
      for (const period of periods) expect(at - sinceInstant(period, at, zone)).toBeLessThanOrEqual(reachMs(period));
    }
  }
});

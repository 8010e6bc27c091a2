import { DateTime } from 'luxon';
import { countryCode, mainZoneOf } from '../../../workflows/domain/timing/country';
import { mainZones } from '../../../workflows/domain/timing/main-zones';
import { countriesPackage } from '../../../workflows/domain/timing/packages';
import { contactZone, validZone } from '../../../workflows/domain/timing/zone';

const fallback = 'Europe/Paris';

test.each<[string, unknown, unknown, string]>([
  ['a zone of one’s own', 'Asia/Kathmandu', 'DE', 'Asia/Kathmandu'],
  ['in any case', 'america/new_york', null, 'america/new_york'],
  ['with spaces', ' America/New York ', null, 'America/New_York'],
  ['an alias', 'US/Eastern', null, 'US/Eastern'],
  ['an old name', 'Asia/Calcutta', null, 'Asia/Calcutta'],
  ['no zone, but a country', null, 'DE', 'Europe/Berlin'],
  ['nonsense, but a country', 'UTC+2', 'NP', 'Asia/Kathmandu'],
  ['several zones: the main one', '', 'US', 'America/New_York'],
  ['several zones: Australia', '', 'AU', 'Australia/Sydney'],
  ['several zones: Russia', '', 'RU', 'Europe/Moscow'],
  ['several zones: Chile', '', 'CL', 'America/Santiago'],
  ['a code in small letters', '', 'gb', 'Europe/London'],
  ['a country by its name', '', 'Germany', 'Europe/Berlin'],
  ['in its own language', '', 'Deutschland', 'Europe/Berlin'],
  ['with an accent or without', '', 'Mexico', 'America/Mexico_City'],
  ['a nickname', '', 'USA', 'America/New_York'],
  ['no such country', '', 'Atlantis', fallback],
  ['a code of no country', '', 'XX', fallback],
  ['a country without people', '', 'BV', fallback],
  ['nothing known', null, null, fallback],
  ['no text', 7, 7, fallback],
])('zone of %s', (_title, timezone, country, expected) => {
  expect(contactZone({ timezone, country }, fallback)).toBe(expected);
});

test('without any valid zone it is UTC', () => {
  expect(contactZone({ timezone: 'Nowhere' }, 'Nowhere either')).toBe('UTC');
});

test('every country with people has a zone', () => {
  const codes = Object.values(countriesPackage().getAllCountries()).filter(({ timezones }) => timezones.length > 0);
  expect(codes.filter(({ id }) => validZone(mainZoneOf(id)) === null)).toEqual([]);
  expect(codes.filter(({ name, id }) => countryCode(name) !== id)).toEqual([]);
});

test('where offsets differ, somebody chose', () => {
  const noon = DateTime.fromISO('2026-01-15T12:00Z');
  const differing = Object.values(countriesPackage().getAllCountries()).filter(({ id, timezones }) => {
    const offsets = new Set(timezones.map((zone) => noon.setZone(zone).offset));
    return offsets.size > 1 && mainZones[id] === undefined;
  });
  expect(differing.map(({ id }) => id)).toEqual(['AQ', 'TF', 'UM']);
});

import type { Lookups } from '../../../../workflows/journeys/compile-journey';
import { unchecked } from '../journey-text';
import { inHead, type Case } from './case';

const now = Date.parse('2026-12-01T08:00:00Z');
const clock = { now, kept: [] };

function at(schedule: string, lookups: Partial<Lookups>, title = schedule, ...expected: string[]): Case {
  const entry = `schedule: { ${schedule} }, who: { field: industry, is: bakery }`;
  const found = inHead(title, ['event: form.submitted', entry], ...expected);
  return { ...found, lookups: { ...unchecked, defaultZone: 'UTC', clock, ...lookups } };
}

const gone = (when: string) =>
  `9 /entry/0/schedule/once: ${when} has gone by, so nobody would enter (name an instant to come, or take the entry out)`;

/** What publishing says to them. */
export const instantCases: Case[] = [
  at('once: "2026-12-01T08:00"', {}, 'now', gone('2026-12-01T08:00 in UTC')),
  at('once: "2026-12-01T08:01"', {}, 'a minute to come'),
  at(
    'once: "2026-12-01T09:00", zone: Europe/Berlin',
    {},
    'gone by in its own zone',
    gone('2026-12-01T09:00 in Europe/Berlin'),
  ),
  at(
    'once: "2026-12-01T09:00"',
    { defaultZone: 'Asia/Kathmandu' },
    'gone by in the zone of the settings',
    gone('2026-12-01T09:00 in Asia/Kathmandu'),
  ),
  at('once: "2026-12-01T08:00"', { clock: { now, kept: [{ once: '2026-12-01T08:00' }] } }, 'published before'),
  at(
    'once: "2026-12-01T08:00", zone: UTC',
    { clock: { now, kept: [{ once: '2026-12-01T08:00' }, { every: 'day', at: '08:00' }] } },
    'published before for another zone',
    gone('2026-12-01T08:00 in UTC'),
  ),
  at(
    'once: "2026-10-25T02:30", zone: Europe/Berlin',
    { clock: { now: Date.parse('2026-10-25T01:00:00Z'), kept: [] } },
    'shown a second time still',
  ),
  at('every: day, at: "07:00"', {}, 'again and again'),
];

import { conditionKinds, durations } from './known';
import { inHead, type Case } from './case';

const cases: [title: string, change: [string, string], ...expected: string[]][] = [
  [
    'entry as text',
    ['[{ event: form.submitted }]', '[form.submitted]'],
    '9 /entry/0: entry 1 of `entry` must say what lets people in (one of `event`, `becomes`, `segment`, `schedule`)',
  ],
  [
    'unknown key of an entry',
    ['form.submitted', 'x, wen: 1'],
    '9 /entry/0/wen: unknown key `wen` (known here: `event`, `where`, `times`, `within`)',
  ],
  [
    'two ways in one entry',
    ['form.submitted', 'x, segment: customers'],
    '9 /entry/0/segment: unknown key `segment` (known here: `event`, `where`, `times`, `within`)',
  ],
  ['event empty', ['form.submitted', '""'], '9 /entry/0/event: `event` is empty'],
  [
    'within without times',
    ['form.submitted', 'x, within: 7 days'],
    '9 /entry/0: `times` and `within` belong together (for example `times: 2, within: 7 days`)',
  ],
  ['once', ['form.submitted', 'x, times: 1, within: 7 days'], '9 /entry/0/times: `times` must be at least 2'],
  [
    'times too many',
    ['form.submitted', 'x, times: 1001, within: 7 days'],
    '9 /entry/0/times: `times` must be at most 1000',
  ],
  [
    'within no duration',
    ['form.submitted', 'x, times: 2, within: a week'],
    `9 /entry/0/within: \`within\` must be a duration (${durations})`,
  ],
  [
    'becomes nothing',
    ['event: form.submitted', 'becomes: high'],
    `9 /entry/0/becomes: \`becomes\` must be a condition (a condition has one of ${conditionKinds})`,
  ],
  [
    'becomes a property',
    ['event: form.submitted', 'becomes: { property: form, is: x }'],
    '9 /entry/0/becomes/property: `property` has no meaning here: there is no event whose properties it could test',
  ],
  [
    'becomes a behaviour since entry',
    ['event: form.submitted', 'becomes: { did: x, since: entry }'],
    '9 /entry/0/becomes/since: `since` has no meaning before the journey begins',
  ],
  [
    'segment in capitals',
    ['event: form.submitted', 'segment: Customers'],
    '9 /entry/0/segment: `segment` must be lower-case letters, digits, `-` and `_` (for example `five-days`)',
  ],
  [
    'schedule without who',
    ['event: form.submitted', 'schedule: { every: day, at: "09:00" }'],
    `9 /entry/0/who: \`who\` is missing (a condition has one of ${conditionKinds})`,
  ],
  [
    'who with a property',
    ['event: form.submitted', 'schedule: { every: day, at: "09:00" }, who: { property: x, is: y }'],
    '9 /entry/0/who/property: `property` has no meaning here: there is no event whose properties it could test',
  ],
  [
    'who that is no condition',
    ['event: form.submitted', 'schedule: { every: day, at: "09:00" }, who: everybody'],
    `9 /entry/0/who: \`who\` must be a condition (a condition has one of ${conditionKinds})`,
  ],
  [
    'schedule of nothing',
    ['event: form.submitted', 'schedule: daily, who: { tier: high }'],
    '9 /entry/0/schedule: `schedule` must say when (one of { once: "2026-12-01T09:00" }, { every: day, at: "09:00" }, and so on)',
  ],
  [
    'schedule of an unknown period',
    ['event: form.submitted', 'schedule: { every: year, at: "09:00" }, who: { tier: high }'],
    '9 /entry/0/schedule/every: `every` must be one of `day`, `week`, `month`',
  ],
  [
    'schedule once in words',
    ['event: form.submitted', 'schedule: { once: tomorrow }, who: { tier: high }'],
    '9 /entry/0/schedule/once: `once` must be a date and time (without an offset, for example "2026-12-01T09:00"; `zone` says where)',
  ],
  [
    'schedule once with an offset',
    ['event: form.submitted', 'schedule: { once: "2026-12-01T09:00Z" }, who: { tier: high }'],
    '9 /entry/0/schedule/once: `once` must be a date and time (without an offset, for example "2026-12-01T09:00"; `zone` says where)',
  ],
  [
    'schedule on no real day',
    ['event: form.submitted', 'schedule: { once: "2026-02-30T09:00" }, who: { tier: high }'],
    '9 /entry/0/schedule/once: `once` must be a day that exists',
  ],
  [
    'schedule in no zone',
    ['event: form.submitted', 'schedule: { once: "2026-12-01T09:00", zone: Berlin }, who: { tier: high }'],
    '9 /entry/0/schedule/zone: `zone` must be a time zone (of the IANA database: Europe/Berlin, America/New_York, UTC)',
  ],
  [
    'schedule in an offset',
    ['event: form.submitted', 'schedule: { every: day, at: "09:00", zone: "+01:00" }, who: { tier: high }'],
    '9 /entry/0/schedule/zone: `zone` must be a time zone (of the IANA database: Europe/Berlin, America/New_York, UTC)',
  ],
  [
    'schedule without a time',
    ['event: form.submitted', 'schedule: { every: day }, who: { tier: high }'],
    '9 /entry/0/schedule/at: `at` is missing',
  ],
  [
    'schedule weekly on no weekday',
    ['event: form.submitted', 'schedule: { every: week, weekday: mon, at: "09:00" }, who: { tier: high }'],
    '9 /entry/0/schedule/weekday: `weekday` must be one of `monday`, `tuesday`, `wednesday`, `thursday`, `friday`, `saturday`, `sunday`',
  ],
  [
    'schedule monthly on day 32',
    ['event: form.submitted', 'schedule: { every: month, day: 32, at: "09:00" }, who: { tier: high }'],
    '9 /entry/0/schedule/day: `day` must be at most 31',
  ],
  [
    'schedule daily with a weekday',
    ['event: form.submitted', 'schedule: { every: day, weekday: monday, at: "09:00" }, who: { tier: high }'],
    '9 /entry/0/schedule/weekday: unknown key `weekday` (known here: `every`, `at`, `zone`)',
  ],
];

/** What may be wrong with what lets people in. */
export const entryCases: Case[] = cases.map(([title, change, ...expected]) => inHead(title, change, ...expected));

import { z } from 'zod';
import { weekdays } from '../domain/timing/deadline';
import { condition, where } from './conditions';
import { clock, duration, eventName, key, zone } from './scalars';
import { byKey, closed, rule, say } from './wording';

const byEvent = closed({
  event: eventName.describe('An event type, or a group of them'),
  where: where.optional().describe('Tests of its properties'),
  times: z.int().min(2).max(1000).optional().describe('Only when it has come that often'),
  within: duration.optional().describe('In this period'),
}).check(
  rule(
    ({ times, within }) => (times === undefined) === (within === undefined),
    say('`times` and `within` belong together', 'for example `times: 2, within: 7 days`'),
  ),
);

const instant = z.string().regex(/^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d$/, {
  abort: true,
  error: say('must be a date and time', 'without an offset, for example "2026-12-01T09:00"; `zone` says where'),
});
const realInstant = instant.refine((text) => isRealDay(text.slice(0, 10)), { error: 'must be a day that exists' });

function isRealDay(day: string): boolean {
  const parsed = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(parsed) && new Date(parsed).toISOString().startsWith(day);
}

const inZone = { zone: zone.optional().describe('Without it, the zone of the settings') };
const at = clock.describe('Time of day');
const daily = closed({ every: z.literal('day').describe('Each day'), at, ...inZone });
const weekly = closed({
  every: z.literal('week').describe('Each week'),
  weekday: z.enum(weekdays).describe('On this day'),
  at,
  ...inZone,
});
const monthly = closed({
  every: z.literal('month').describe('Each month'),
  day: z.int().min(1).max(31).describe('A day that a month does not have is its last'),
  at,
  ...inZone,
});
const recurring = z.discriminatedUnion('every', [daily, weekly, monthly], {
  error: (issue) => (issue.code === 'invalid_union' ? 'must be one of `day`, `week`, `month`' : undefined),
});

const schedule = z.union([closed({ once: realInstant.describe('A date and time'), ...inZone }), recurring], {
  error: byKey(['once', 'every'], () =>
    say('must say when', 'one of { once: "2026-12-01T09:00" }, { every: day, at: "09:00" }, and so on'),
  ),
});

const kinds = ['event', 'becomes', 'segment', 'schedule'];

/** One way into a journey. */
export const entry = z.union(
  [
    byEvent,
    closed({ becomes: condition.describe('Who enters at the moment when it turns true') }),
    closed({ segment: key.describe('Who enters at the moment when they enter this segment') }),
    closed({
      schedule: schedule.describe('When people are let in'),
      who: condition.describe('Whom the condition holds for'),
    }),
  ],
  {
    error: byKey(kinds, () => say('must say what lets people in', 'one of `event`, `becomes`, `segment`, `schedule`')),
  },
);

export type EntrySource = z.infer<typeof entry>;

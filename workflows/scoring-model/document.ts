import { z } from 'zod';
import { condition, where } from '../journeys/conditions';
import { eventName, key, line, sentence } from '../journeys/scalars';
import { closed, meaning, rule, say } from '../journeys/wording';
import { defaults } from './defaults';
import { often, period } from './periods';

const points = z
  .int()
  .min(-1000)
  .max(1000)
  .refine((value) => value !== 0, { error: 'must not be 0' });

/** One event type or group of them, or several. */
const events = z.union([eventName, z.array(eventName).min(1).max(50)], {
  error: meaning((input) => (Array.isArray(input) ? 1 : 0)),
});

const group = key.describe('What is capped together, and decays together');

const fitRule = closed({
  id: key.describe('Named in every score that it gives points to'),
  when: condition.describe('About fields alone'),
  points: z.int().min(-1000).max(1000).describe('0 keeps the later rules of its group from counting'),
  group: key.optional().describe('Of its rules the first that holds counts; without it, rules about the same fields'),
});

const engagementRule = closed({
  id: key.describe('Named in every score that it gives points to'),
  on: events.describe('An event type, a group of them, or several'),
  where: where.optional().describe('Tests of its properties; clicks and opens by machines count only with `machine`'),
  points: points.describe('Below zero, to take'),
  times: z.int().min(2).max(1000).optional().describe('Only when it has come that often'),
  within: period.optional().describe('In this period'),
  per: often.optional().describe('How often it counts: once, or so often in any such period'),
  max: z.int().min(2).max(1000).optional().describe('How often within `per`; once, without it'),
  cap: z.int().min(1).max(10_000).optional().describe('Points that it gives or takes at most, all together'),
  group: group.optional(),
  halfLife: period.optional().describe('After this long its points are worth half'),
}).check(
  rule(
    ({ times, within }) => (times === undefined) === (within === undefined),
    say('`times` and `within` belong together', 'for example `times: 2, within: 7 days`'),
  ),
  rule(
    ({ per, max }) => max === undefined || (per !== undefined && per !== 'once'),
    say('`max` says how often within `per`', 'for example `per: day, max: 3`; to limit points for good, use `cap`'),
  ),
  rule(
    ({ points: given, cap }) => cap === undefined || cap >= Math.abs(given),
    '`cap` is less than what the rule gives the first time',
  ),
  rule(({ per, cap }) => cap === undefined || per !== 'once', 'what counts once needs no `cap`'),
);

const resetRule = closed({
  id: key.describe('Named in every score that it empties'),
  on: events.describe('An event type, a group of them, or several'),
  where: where.optional().describe('Tests of its properties'),
  until: events.optional().describe('Until one of these events comes, the total reads 0'),
});

const limit = z.int().min(1).max(100_000);
const caps = closed({
  fit: limit.optional().describe('Of all fit'),
  engagement: limit.optional().describe('Of all engagement'),
  groups: z.record(key, limit).default({}).describe('Group of engagement rules → the most that it comes to'),
});

const silence = closed({
  after: period.describe('For every such period in which nothing is heard of them'),
  points: points.refine((value) => value < 0, { error: 'must be below 0: silence takes points' }),
  unless: events.default([...defaults.heard]).describe('Events that end silence'),
});

const floor = z.int().min(1).max(100_000);
const tiers = closed({
  low: floor.optional().describe('From so many points on; left out, there is no such tier'),
  medium: floor.optional().describe('From so many points on; left out, there is no such tier'),
  high: floor.describe('From so many points on'),
  slack: z.int().min(0).max(1000).default(0).describe('Somebody falls only when below by more than this'),
  dwell: period.default(defaults.dwell).describe('… for this long on end'),
});

const grades = z
  .array(z.int())
  .refine((floors) => floors.length === 3, { error: 'needs three numbers: four grades lie between them' })
  .meta({ minItems: 3, maxItems: 3 });
const grid = closed({
  fit: grades.default([...defaults.grid.fit]).describe('From so many points on: A, B, C; below, D'),
  engagement: grades.default([...defaults.grid.engagement]).describe('From so many points on: 1, 2, 3; below, 4'),
});

const ready = closed({
  tier: z.enum(['low', 'medium', 'high']).default('high').describe('At least this tier'),
  fit: z.int().min(-100_000).max(100_000).default(defaults.ready.fit).describe('At least so many points of fit'),
  human: period.default(defaults.ready.human).describe('They did something themselves, this long ago at most'),
  on: events.default([...defaults.behaviours]).describe('What counts as something they did'),
});

/** How points are given, as its author writes it. */
export const scoreModelDocument = closed({
  model: key.describe('Key of the model'),
  name: line.optional().describe('What people call it'),
  explain: sentence.describe('One sentence: what it rates highly'),
  fit: z.array(fitRule).max(500).default([]).describe('Who they are: of each group the first rule that holds'),
  engagement: z.array(engagementRule).max(500).default([]).describe('What they do'),
  resets: z.array(resetRule).max(50).default([]).describe('Events that empty the engagement'),
  caps: caps.default({ groups: {} }).describe('The most that points come to'),
  silence: silence.nullable().default(null).describe('Points that time takes from those who are silent'),
  halfLife: period.optional().describe('Of all engagement rules that do not say their own'),
  tiers: tiers.default(defaults.tiers).describe('Names of totals'),
  grid: grid.default({ fit: [...defaults.grid.fit], engagement: [...defaults.grid.engagement] }),
  ready: ready
    .default({ tier: 'high', ...defaults.ready, on: [...defaults.behaviours] })
    .describe('When sales should talk to them: all of it at once'),
  thresholds: z.array(z.int().min(1).max(100_000)).max(20).default([]).describe('Totals whose crossing is an event'),
}).check(
  rule(
    ({ halfLife, silence: quiet }) => halfLife === undefined || quiet === null,
    say('`halfLife` and `silence` are two ways for the same', 'choose one: points fade, or silence takes them'),
  ),
);

export type ScoreModelDocument = z.infer<typeof scoreModelDocument>;

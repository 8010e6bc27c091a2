import { z } from 'zod';
import type { Condition, Where } from '../domain/conditions/condition';
import { isoDate } from '../domain/conditions/values';
import { didYouMean, listed } from './problem';
import { duration, eventName, key, path, scalar } from './scalars';
import { byKey, closed, isMapping, meaning, rule, say } from './wording';

const boundText = say('must be a number or an ISO date', 'for example 10 or "2026-12-24"');
const bound = z.union([z.number(), z.string().regex(isoDate, { error: boundText })], {
  error: meaning(() => boundText),
});

const operators = {
  is: scalar.optional().describe('Equal, without regard to case'),
  in: z.array(scalar).min(1).optional().describe('Equal to one of them'),
  contains: scalar.optional().describe('A part of the text, or an element of the list'),
  startsWith: z.string().min(1).max(500).optional().describe('The beginning of the text'),
  gt: bound.optional().describe('Greater, or later'),
  gte: bound.optional().describe('At least, or not before'),
  lt: bound.optional().describe('Less, or earlier'),
  lte: bound.optional().describe('At most, or not after'),
  exists: z.boolean().optional().describe('Whether there is a value at all'),
};
const operatorNames = Object.keys(operators);

const testsSomething = rule<object>(
  (test) => operatorNames.some((name) => Object.hasOwn(test, name)),
  say('this tests nothing', `add one of ${listed(operatorNames)}`),
);

/** Property path → value, or test of it. */
export const where: z.ZodType<Where> = z.record(
  path,
  z.union([scalar, closed(operators).check(testsSomething)], {
    error: meaning((input) => (isMapping(input) ? 1 : say('must be a value or a test of it'))),
  }),
);

/** Message steps: `journey` stands for all of them. */
export const messages = z.union([key, z.array(key).min(1)], {
  error: meaning((input) => (Array.isArray(input) ? 1 : 0)),
});

const field = closed({
  field: path.describe('A field of the contact; custom ones are traits.<name>'),
  ...operators,
}).check(testsSomething);
const property = closed({
  property: path.describe('A property of the event by which they entered'),
  ...operators,
}).check(testsSomething);
const did = closed({
  did: eventName.describe('An event type, or a group of them'),
  of: messages.optional().describe('The message steps that it must be about; `journey` is all of them'),
  where: where.optional().describe('Tests of its properties'),
  times: z.int().min(1).max(10_000).optional().describe('At least this often'),
  within: duration.optional().describe('In this period before now'),
  since: z.literal('entry').optional().describe('Since they entered'),
}).check(
  rule((test) => test.within === undefined || test.since === undefined, '`within` and `since` exclude each other'),
);
const journey = closed({
  journey: key.describe('Key of a journey; `any` for any other'),
  status: z.enum(['active', 'finished']).describe('Whether they are in it, or were'),
});
const segment = closed({ segment: key.describe('Key of a segment') });

const score = closed({
  score: z.enum(['total', 'fit', 'engagement']).describe('Which points'),
  atLeast: z.number().optional().describe('From here on'),
  below: z.number().optional().describe('Up to here, not included'),
}).check(
  rule(
    ({ atLeast, below }) => atLeast !== undefined || below !== undefined,
    say('this tests nothing', 'add `atLeast` or `below`'),
  ),
);

const tierName = z.enum(['none', 'low', 'medium', 'high']);
const tiers = z.union([tierName, closed({ in: z.array(tierName).min(1).describe('One of these') })], {
  error: meaning((input) => (isMapping(input) ? 1 : 0)),
});
const tier = closed({ tier: tiers.describe('Of the total: none up to 0, low to 25, medium to 70, high from 71') });

const howMany = z.enum(['none', 'all', 'any']);
const mails = closed({
  mails: z
    .string()
    .regex(/^last ([1-9]|[1-9]\d|100)$/, {
      error: say('must say how many mails', 'the last ones, 100 at most: `last 5`'),
    })
    .describe('Of the last mails that they were sent: last 5'),
  opened: howMany.optional().describe('How many of them people opened'),
  clicked: howMany.optional().describe('How many of them people clicked in'),
}).check(
  rule(
    ({ opened, clicked }) => opened !== undefined || clicked !== undefined,
    say('this tests nothing', 'add `opened` or `clicked`: `none`, `all` or `any` of them'),
  ),
);

const consent = closed({ consent: key.describe('A topic that they have not opted out of') });
const handoff = closed({ handoff: z.literal('open').describe('They are offered to sales at present') });

const kinds = [
  ...['all', 'any', 'not', 'field', 'property', 'did', 'journey', 'segment'],
  ...['score', 'tier', 'mails', 'consent', 'handoff'],
];

/** See workflows/domain/conditions/condition.ts. */
export const condition: z.ZodType<Condition> = z.lazy(() => oneOfThem).meta({ id: 'Condition' });

const oneOfThem = z.union(
  [
    closed({ all: z.array(condition).min(1).describe('All of them hold') }),
    closed({ any: z.array(condition).min(1).describe('One of them holds') }),
    closed({ not: condition.describe('It does not hold') }),
    ...([field, property, did, journey, segment, score, tier, mails, consent, handoff] as const),
  ],
  { error: byKey(kinds, notACondition) },
);

function notACondition(input: unknown): string {
  const known = `a condition has one of ${listed(kinds)}`;
  const [first] = isMapping(input) ? Object.keys(input) : [];
  if (first === undefined) return say('must be a condition', known);
  return say(`\`${first}\` is no condition`, didYouMean(first, kinds) ?? known);
}

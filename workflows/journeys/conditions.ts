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
  is: scalar.optional(),
  in: z.array(scalar).min(1).optional(),
  contains: scalar.optional(),
  startsWith: z.string().min(1).max(500).optional(),
  gt: bound.optional(),
  gte: bound.optional(),
  lt: bound.optional(),
  lte: bound.optional(),
  exists: z.boolean().optional(),
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

const field = closed({ field: path, ...operators }).check(testsSomething);
const property = closed({ property: path, ...operators }).check(testsSomething);
const did = closed({
  did: eventName,
  of: messages.optional(),
  where: where.optional(),
  times: z.int().min(1).max(10_000).optional(),
  within: duration.optional(),
  since: z.literal('entry').optional(),
}).check(
  rule((test) => test.within === undefined || test.since === undefined, '`within` and `since` exclude each other'),
);
const journey = closed({ journey: key, status: z.enum(['active', 'finished']) });
const segment = closed({ segment: key });

const score = closed({
  score: z.enum(['total', 'fit', 'engagement']),
  atLeast: z.number().optional(),
  below: z.number().optional(),
}).check(
  rule(
    ({ atLeast, below }) => atLeast !== undefined || below !== undefined,
    say('this tests nothing', 'add `atLeast` or `below`'),
  ),
);

const tierName = z.enum(['none', 'low', 'medium', 'high']);
const tiers = z.union([tierName, closed({ in: z.array(tierName).min(1) })], {
  error: meaning((input) => (isMapping(input) ? 1 : 0)),
});
const tier = closed({ tier: tiers });

const howMany = z.enum(['none', 'all', 'any']);
const mails = closed({
  mails: z.string().regex(/^last ([1-9]|[1-9]\d|100)$/, {
    error: say('must say how many mails', 'the last ones, 100 at most: `last 5`'),
  }),
  opened: howMany.optional(),
  clicked: howMany.optional(),
}).check(
  rule(
    ({ opened, clicked }) => opened !== undefined || clicked !== undefined,
    say('this tests nothing', 'add `opened` or `clicked`: `none`, `all` or `any` of them'),
  ),
);

const consent = closed({ consent: key });
const handoff = closed({ handoff: z.literal('open') });

const kinds = [
  ...['all', 'any', 'not', 'field', 'property', 'did', 'journey', 'segment'],
  ...['score', 'tier', 'mails', 'consent', 'handoff'],
];

/** See workflows/domain/conditions/condition.ts. */
export const condition: z.ZodType<Condition> = z
  .lazy(() =>
    z.union(
      [
        closed({ all: z.array(condition).min(1) }),
        closed({ any: z.array(condition).min(1) }),
        closed({ not: condition }),
        field,
        property,
        did,
        journey,
        segment,
        score,
        tier,
        mails,
        consent,
        handoff,
      ],
      { error: byKey(kinds, notACondition) },
    ),
  )
  .meta({ id: 'Condition' });

function notACondition(input: unknown): string {
  const known = `a condition has one of ${listed(kinds)}`;
  const [first] = isMapping(input) ? Object.keys(input) : [];
  if (first === undefined) return say('must be a condition', known);
  return say(`\`${first}\` is no condition`, didYouMean(first, kinds) ?? known);
}

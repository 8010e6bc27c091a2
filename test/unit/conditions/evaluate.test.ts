import { noFacts, type Condition, type Facts, type MailFact } from '../../../workflows/domain/conditions/condition';
import { evaluate, matchesWhere, meets } from '../../../workflows/domain/conditions/evaluate';
import { didKey } from '../../../workflows/domain/conditions/keys';
import { needsOf, segmentsNamed } from '../../../workflows/domain/conditions/needs';
import { sizeOf } from '../../../workflows/domain/conditions/size';
import { plainScore } from '../../../workflows/domain/scoring/now';

const unread: MailFact = { opened: false, clicked: false };
const facts: Facts = {
  ...noFacts,
  score: plainScore(20, 40),
  mails: [{ opened: true, clicked: false }, unread, { opened: true, clicked: true }],
  optOuts: ['topic:product'],
  segments: {
    warm: { all: [{ tier: 'medium' }, { segment: 'software' }] },
    software: { field: 'industry', is: 'software' },
    loop: { any: [{ segment: 'back' }, { field: 'industry', exists: false }] },
    back: { not: { not: { segment: 'loop' } } },
    customers: { field: 'industry', is: 'nothing' },
  },
  contact: { industry: 'Software', lifecycleStage: 'Customer', targetAccount: true, traits: { plan: 'pro' } },
  properties: { form: 'ebook' },
  did: { [didKey({ did: 'page.viewed', within: '7 days' })]: 2 },
  journeys: [{ journey: 'welcome', status: 'active' }],
};

test.each<[string, Condition, boolean]>([
  ['standard field', { field: 'industry', is: 'software' }, true],
  ['custom trait', { field: 'traits.plan', is: 'pro' }, true],
  ['event property', { property: 'form', in: ['ebook', 'guide'] }, true],
  [
    'all needs each',
    {
      all: [
        { field: 'industry', is: 'software' },
        { property: 'form', is: 'x' },
      ],
    },
    false,
  ],
  ['all of nothing holds', { all: [] }, true],
  ['any needs one', { any: [{ property: 'form', is: 'x' }, { segment: 'customers' }] }, true],
  ['any of nothing fails', { any: [] }, false],
  ['not turns around', { not: { segment: 'open-opportunities' } }, true],
  ['segment of a boolean field', { segment: 'target-accounts' }, true],
  ['unknown segment has no members', { segment: 'toString' }, false],
  ['did once is enough', { did: 'page.viewed', within: '7 days' }, true],
  ['did counts times', { did: 'page.viewed', within: '7 days', times: 3 }, false],
  ['did of another period is another question', { did: 'page.viewed' }, false],
  ['journey by key', { journey: 'welcome', status: 'active' }, true],
  ['any journey', { journey: 'any', status: 'finished' }, false],
  ['score of both axes', { score: 'total', atLeast: 60 }, true],
  ['score of one axis', { score: 'fit', atLeast: 21 }, false],
  ['below excludes the bound', { score: 'engagement', below: 40 }, false],
  ['both bounds hold', { score: 'engagement', atLeast: 40, below: 41 }, true],
  ['tier of the total', { tier: 'medium' }, true],
  ['one of several tiers', { tier: { in: ['none', 'high'] } }, false],
  ['some of the last mails', { mails: 'last 3', clicked: 'any' }, true],
  ['not all of the last mails', { mails: 'last 3', opened: 'all' }, false],
  ['all of fewer mails', { mails: 'last 1', opened: 'all' }, true],
  ['none of the last mails', { mails: 'last 2', clicked: 'none' }, true],
  ['opened and clicked together', { mails: 'last 1', opened: 'any', clicked: 'any' }, false],
  ['none needs as many mails', { mails: 'last 4', clicked: 'none' }, false],
  ['all needs as many mails', { mails: 'last 4', opened: 'all' }, false],
  ['any does with fewer mails', { mails: 'last 4', opened: 'any' }, true],
  ['consent to another topic', { consent: 'education' }, true],
  ['opted out of the topic', { consent: 'product' }, false],
  ['no handoff is open', { handoff: 'open' }, false],
  ['saved segment within another', { segment: 'warm' }, true],
  ['segment that leads back to itself', { segment: 'loop' }, false],
  ['built-in segment wins over a saved one', { segment: 'customers' }, true],
])('%s', (_title, condition, expected) => {
  expect(evaluate(condition, facts).holds).toBe(expected);
});

test('the verdict says every part, also unneeded ones', () => {
  const verdict = evaluate(
    { any: [{ segment: 'customers' }, { did: 'page.viewed', within: '7 days', times: 3 }] },
    facts,
  );
  expect(verdict).toEqual({
    holds: true,
    reasons: [
      'contact.lifecycleStage is "customer": yes, it is "Customer"',
      'in segment customers: yes',
      'did page.viewed within 7 days at least 3 ×: no, it is 2',
    ],
    inputs: {
      'contact.lifecycleStage is "customer"': 'Customer',
      'did page.viewed within 7 days at least 3 ×': 2,
    },
  });
});

test('opting out of everything ends every consent', () => {
  expect(evaluate({ consent: 'education' }, { ...facts, optOuts: ['global'] }).holds).toBe(false);
});

test.each([
  [-5, 'none'],
  [0, 'none'],
  [1, 'low'],
  [25, 'low'],
  [26, 'medium'],
  [70, 'medium'],
  [71, 'high'],
] as const)('%s points are tier %s', (total, tier) => {
  expect(evaluate({ tier }, { ...facts, score: plainScore(total + 3, -3) }).holds).toBe(true);
});

test('the verdict names points and mails', () => {
  const { reasons } = evaluate(
    {
      all: [
        { score: 'fit', atLeast: 10, below: 30 },
        { mails: 'last 3', opened: 'all' },
      ],
    },
    facts,
  );
  expect(reasons).toEqual([
    'score fit at least 10 and below 30: yes, it is 20',
    'opened all of the last 3 mails: no, it is {"sent":3,"opened":2,"clicked":1}',
  ]);
});

test('where needs every property', () => {
  const where = { form: 'ebook', page: { startsWith: '/a' } };
  expect(matchesWhere(where, { form: 'Ebook', page: '/about' })).toBe(true);
  expect(matchesWhere(where, { form: 'ebook' })).toBe(false);
  expect(matchesWhere({}, {})).toBe(true);
});

test('didKey ignores order and times', () => {
  const key = didKey({ did: 'email.clicked', of: ['b', 'a'], where: { url: 'x', n: { lt: 5, gt: 1 } }, times: 4 });
  expect(key).toBe(didKey({ where: { n: { gt: 1, lt: 5 }, url: 'x' }, of: ['a', 'b', 'a'], did: 'email.clicked' }));
  expect(key).not.toBe(didKey({ did: 'email.clicked', of: ['a', 'b'] }));
  expect(didKey({ did: 'email.clicked', of: 'a' })).toBe(didKey({ did: 'email.clicked', of: ['a'] }));
  expect(didKey({ did: 'x', of: [] })).not.toBe(didKey({ did: 'x' }));
});

const nothing = { did: [], journeys: false, score: false, mails: 0, consent: false, handoff: false };

test('needsOf gathers each question once', () => {
  const clicked: Condition = { did: 'email.clicked', times: 2 };
  const both: Condition = { all: [clicked, { not: { any: [{ did: 'email.clicked' }] } }] };
  expect(needsOf([both, { segment: 'customers' }])).toEqual({ ...nothing, did: [clicked] });
  expect(needsOf([{ journey: 'any', status: 'active' }])).toEqual({ ...nothing, journeys: true });
  expect(needsOf([{ field: 'journey', exists: true }])).toEqual(nothing);
});

test('needsOf looks into saved segments', () => {
  const segments = {
    quiet: { all: [{ mails: 'last 5', opened: 'none' }, { segment: 'other' }] },
    other: { any: [{ segment: 'quiet' }, { consent: 'product' }, { tier: 'low' }, { handoff: 'open' }] },
  } satisfies Facts['segments'];
  const conditions: Condition[] = [{ mails: 'last 3', clicked: 'any' }, { segment: 'quiet' }];
  expect(needsOf(conditions, segments)).toEqual({ ...nothing, mails: 5, score: true, consent: true, handoff: true });
  expect(needsOf(conditions)).toEqual({ ...nothing, mails: 3 });
  expect(segmentsNamed(conditions, segments)).toEqual(['quiet', 'other']);
});

describe('segments that name one another twice', () => {
  const names = Array.from({ length: 40 }, (_, i) => `s${i}`);
  const segments = Object.fromEntries(
    names.map((name, i): [string, Condition] => {
      const inner: Condition = i === 0 ? { field: 'email', exists: true } : { segment: `s${i - 1}` };
      return [name, { all: [inner, { any: [{ field: 'country', is: 'XX' }, inner] }] }];
    }),
  );
  const of = (email: string | null) => ({ ...noFacts, contact: { email }, segments });

  test('are judged once each', () => {
    expect(meets({ segment: 's39' }, of('a@b.test'))).toBe(true);
    expect(meets({ segment: 's39' }, of(null))).toBe(false);
    expect(evaluate({ segment: 's39' }, of('a@b.test')).reasons).toHaveLength(3 + 39 * 3 + 1);
  });

  test('are counted as often as they are asked', () => {
    expect(sizeOf({ segment: 's0' }, segments)).toBe(5 + 1);
    expect(sizeOf({ segment: 's1' }, segments)).toBe(3 + 2 * 6 + 1);
    expect(sizeOf({ segment: 's39' }, segments)).toBeGreaterThan(2 ** 40);
  });
});

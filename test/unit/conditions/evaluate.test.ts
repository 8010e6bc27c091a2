import type { Condition, Facts } from '../../../workflows/domain/conditions/condition';
import { didKey, evaluate, matchesWhere, needsOf } from '../../../workflows/domain/conditions/evaluate';

const facts: Facts = {
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

test('needsOf gathers each question once', () => {
  const clicked: Condition = { did: 'email.clicked', times: 2 };
  expect(needsOf([{ all: [clicked, { not: { any: [{ did: 'email.clicked' }] } }] }, { segment: 'customers' }])).toEqual(
    {
      did: [{ did: 'email.clicked' }],
      journeys: false,
    },
  );
  expect(needsOf([{ journey: 'any', status: 'active' }]).journeys).toBe(true);
  expect(needsOf([{ field: 'journey', exists: true }])).toEqual({ did: [], journeys: false });
});

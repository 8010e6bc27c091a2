import { explainScore } from '../../../workflows/domain/scoring/explaining/explain';
import { sumLines } from '../../../workflows/domain/scoring/explaining/sums';
import type { ScoreModel } from '../../../workflows/domain/scoring/model';
import type { ScoreInput } from '../../../workflows/domain/scoring/state';
import { day, event, fields, given, modelOf, play, rule } from './scores';

const model = modelOf({
  fit: [{ id: 'director', group: 'title', when: { field: 'seniority', is: 'director' }, points: 15 }],
  engagement: [
    rule('opens', 'email.opened', 5, { group: 'mail', cap: 10 }),
    rule('click', 'email.clicked', 20, { group: 'mail', halfLifeMs: 14 * day }),
    rule('demo', 'demo.requested', 25),
  ],
  resets: [{ id: 'unsubscribed', types: ['email.unsubscribed'], where: null, until: ['contact.resubscribed'] }],
  caps: { fit: 15, engagement: null, groups: { mail: 42 } },
  silence: { ms: 30 * day, points: -5, types: ['email.clicked'] },
  ready: { tier: 'high', fit: 20, humanMs: 14 * day, types: ['email.clicked'] },
});

const explain = (inputs: readonly ScoreInput[], days: number, it: ScoreModel = model) => {
  const { state, entries, marks } = play(it, inputs, days);
  const lines = inputs.flatMap((input) =>
    input.kind === 'given' ? [{ ...input, kind: 'step', group: '', lost: 0 }] : [],
  );
  return explainScore({ model: it, state, sums: sumLines([...lines, ...entries]), marks, at: days * day });
};

test('the sum is said in one line', () => {
  const inputs = [fields(0, { seniority: 'director' }), event(1, 'demo.requested'), given(2, 3)];
  expect(explain(inputs, 2).summary).toBe(
    '43 points, tier medium since 1970-01-02 00:00: fit 15, engagement 28, grade B2. Not ready for sales.',
  );
});

test('rules say what they gave', () => {
  const inputs = [
    fields(0, { seniority: 'director' }),
    event(1, 'demo.requested'),
    event(3, 'demo.requested'),
    given(2, 3),
  ];
  expect(explain(inputs, 70).rules.map(({ words }) => words)).toEqual([
    'demo gave 50 points of engagement, twice, last on 1970-01-04 00:00',
    'director gives 15 points of fit',
    'silence took 10 points of engagement: 5 points for every 30 days without behaviour',
    'by hand gave 3 points of engagement, on 1970-01-03 00:00',
  ]);
});

test('caps that bit are named', () => {
  // Opens: 5, 5, 0, 0, 0 by their own cap. Clicks: 20, then 12 of 20 within 42 of the group.
  const opens = [1, 1, 1, 1, 1].map((at) => event(at, 'email.opened'));
  const clicks = [event(1, 'email.clicked'), event(1, 'email.clicked')];
  expect(explain([fields(0, { seniority: 'director' }), ...opens, ...clicks], 1).caps).toEqual([
    'fit has reached its cap of 15',
    'opens gave 10 of 25 points: its cap of 10 was reached',
    'click gave 32 of 40 points: the cap of 42 on mail was reached',
  ]);
});

test('decay says what is left', () => {
  // 20 of day 0 and 20 of day 14: 30 on day 14, 15 on day 28.
  const inputs = [event(0, 'email.clicked'), event(14, 'email.clicked')];
  expect(explain(inputs, 28).decay).toEqual(['40 points of mail are worth 15 now: half of them go every 14 days']);
});

test('an opt-out says until when', () => {
  const inputs = [fields(0, { seniority: 'director' }), event(1, 'demo.requested'), event(2, 'email.unsubscribed')];
  const { summary, rules, ready } = explain(inputs, 3);
  expect(summary).toBe(
    '0 points, tier none since 1970-01-03 00:00: fit 15, engagement 0, grade B4, ' +
      'but the total reads 0 until contact.resubscribed. Not ready for sales.',
  );
  expect(rules.map((one) => one.rule)).toEqual(['director']);
  expect(ready.missing).toContain('unsubscribed blocks the score');
});

test('the history is told', () => {
  const inputs = [fields(0, { seniority: 'director' }), event(1, 'demo.requested'), event(2, 'email.unsubscribed')];
  expect(explain(inputs, 3, { ...model, thresholds: [30] }).history).toEqual([
    '1970-01-01 00:00: up from tier none to low, at 15 points',
    '1970-01-02 00:00: reached 30, at 40 points',
    '1970-01-02 00:00: up from tier low to medium, at 40 points',
    '1970-01-03 00:00: opted out, the total reads 0, at 0 points',
    '1970-01-03 00:00: fell below 30, at 0 points',
    '1970-01-03 00:00: down from tier medium to none, at 0 points',
  ]);
});

test('readiness says what is missing', () => {
  expect(explain([fields(0, { seniority: 'director' }), event(1, 'demo.requested')], 1).ready).toEqual({
    ready: false,
    met: ['nothing blocks the score'],
    missing: [
      'the tier is medium, high is needed: 31 points more',
      'fit is 15, 20 are needed',
      'nothing was done yet, something done in the last 14 days is needed',
    ],
  });
  const all = [given(0, 20, 'fit'), given(0, 60), event(1, 'email.clicked')];
  expect(explain(all, 2).ready).toMatchObject({ ready: true, missing: [] });
  expect(explain(all, 20).ready.missing).toEqual([
    'the last thing was done on 1970-01-02 00:00, something done in the last 14 days is needed',
  ]);
});

test('the cap that bit is named', () => {
  const it = modelOf({
    engagement: [rule('webinar', 'webinar.attended', 35), rule('click', 'email.clicked', 10, { group: 'mail' })],
    caps: { fit: null, engagement: 40, groups: { mail: 30 } },
  });
  expect(explain([event(0, 'webinar.attended'), event(1, 'email.clicked')], 1, it).caps).toEqual([
    'click gave 5 of 10 points: the cap of 40 on engagement was reached',
  ]);
  expect(
    explain(
      [0, 1, 2, 3].map((days) => event(days, 'email.clicked')),
      3,
      it,
    ).caps,
  ).toEqual(['click gave 30 of 40 points: the cap of 30 on mail was reached']);
});

test('a total just below a line reads so', () => {
  const it = modelOf({
    engagement: [rule('page', 'page.viewed', 72, { halfLifeMs: 30 * day })],
    ready: { tier: 'high', fit: 0, humanMs: 14 * day, types: ['page.viewed'] },
  });
  const { summary, ready } = explain([event(0, 'page.viewed')], Math.ceil(30 * day * Math.log2(72 / 70.97)) / day, it);
  expect(summary).toContain('70.9 points, tier medium');
  expect(ready.missing).toEqual(['the tier is medium, high is needed: 0.1 points more']);
});

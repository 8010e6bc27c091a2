import { day, event, given, ledger, modelOf, play, rule, standing } from './scores';

const silence = { ms: 30 * day, points: -5, types: ['page.viewed'] };
const model = modelOf({
  engagement: [rule('demo', 'demo.requested', 12), rule('careers', 'page.viewed', -2)],
  silence,
});

test('each full period takes its points', () => {
  // 12 − 5 − 5 − 2: the third period finds two, the fourth none.
  expect(ledger(play(model, [event(1, 'demo.requested')], 400))).toEqual([
    ...['1: demo +12', '31: silence -5', '61: silence -5', '91: silence -2'],
  ]);
});

test('the last instant belongs to it', () => {
  const inputs = [event(1, 'demo.requested')];
  const at = (instant: number) => standing(model, inputs, instant / day).engagement;
  expect([at(31 * day - 1), at(31 * day)]).toEqual([12, 7]);
});

test('a person ends it, machines do not', () => {
  const seen = (properties = {}) => [event(0, 'demo.requested'), event(20, 'page.viewed', properties)];
  expect(ledger(play(model, seen(), 55))).toEqual(['0: demo +12', '20: careers -2', '50: silence -5']);
  expect(ledger(play(model, seen({ machine: true }), 55))).toEqual(['0: demo +12', '30: silence -5']);
});

test('other behaviour does not end it', () => {
  const inputs = [event(0, 'demo.requested'), event(20, 'demo.requested')];
  expect(ledger(play(model, inputs, 55))).toEqual(['0: demo +12', '20: demo +12', '30: silence -5']);
});

test('it does not save up while nothing is there', () => {
  // Empty from day 91 on; the periods go on all the same: the next ends on day 121.
  const inputs = [event(1, 'demo.requested'), given(100, 20)];
  expect(ledger(play(model, inputs, 122))).toEqual([
    ...['1: demo +12', '31: silence -5', '61: silence -5', '91: silence -2', '121: silence -5'],
  ]);
});

test('it leaves what is below zero alone', () => {
  expect(ledger(play(model, [event(0, 'page.viewed')], 400))).toEqual(['0: careers -2']);
});

test('what it took of decaying points decays', () => {
  // 40 halved every 30 days: 20 on day 30, 5 of it gone, then 15 → 7.5 − 5 = 2.5 → 1.25 all gone.
  const mixed = modelOf({ engagement: [rule('click', 'email.clicked', 40, { halfLifeMs: 30 * day })], silence });
  const inputs = [event(0, 'email.clicked')];
  expect([30, 45, 60, 89, 90, 91].map((days) => standing(mixed, inputs, days).engagement)).toEqual([
    ...[15, 15 * Math.SQRT1_2, 2.5, 2.5 * Math.pow(0.5, 29 / 30), 0, 0].map((worth) => expect.closeTo(worth, 9)),
  ]);
});

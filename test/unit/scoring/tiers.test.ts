import { nextCheckAt } from '../../../workflows/domain/scoring/next-check';
import { crossings, day, event, given, hour, modelOf, play, rule, standing } from './scores';

const tiers = { low: 1, medium: 26, high: 71, slack: 5, dwellMs: day };
const model = modelOf({ tiers });

test('up at once', () => {
  expect(crossings(play(model, [given(0, 80)], 0))).toEqual(['0: tier none → high at 80']);
});

test('down after a day on end', () => {
  const inputs = [given(0, 80), given(1, -20)];
  expect(crossings(play(model, inputs, 9))).toEqual(['0: tier none → high at 80', '2: tier high → medium at 60']);
  expect(nextCheckAt(model, play(model, inputs, 1).state)).toBe(2 * day);
});

test('within the slack nobody falls', () => {
  expect(standing(model, [given(0, 80), given(1, -14)], 90)).toMatchObject({ total: 66, tier: 'high' });
  expect(standing(model, [given(0, 80), given(1, -15)], 90)).toMatchObject({ total: 65, tier: 'medium' });
});

test('an opt-out falls through the slack', () => {
  const resets = [{ id: 'gone', types: ['email.unsubscribed'], where: null, until: ['contact.resubscribed'] }];
  const wide = modelOf({ tiers: { ...tiers, low: 3 }, resets });
  expect(crossings(play(wide, [given(0, 3), event(1, 'email.unsubscribed')], 1))).toEqual([
    ...['0: tier none → low at 3', '1: blocked no → yes at 0', '1: tier low → none at 0'],
  ]);
});

test('who comes back in time stays', () => {
  const inputs = [given(0, 80), given(1, -20), given(1.9, 6), given(2.5, -6)];
  // 60 from day 1 on, 66 on day 1.9: the dwell begins anew on day 2.5.
  expect(crossings(play(model, inputs, 9))).toEqual(['0: tier none → high at 80', '3.5: tier high → medium at 60']);
});

test('they fall to where the number is', () => {
  const inputs = [given(0, 80), given(1, -20), given(1.5, -59)];
  expect(crossings(play(model, inputs, 9))).toEqual(['0: tier none → high at 80', '2: tier high → low at 1']);
});

test('one threshold is enough', () => {
  const single = modelOf({ tiers: { low: 75, medium: 75, high: 75, slack: 0, dwellMs: 0 } });
  expect(crossings(play(single, [given(0, 74), given(1, 1), given(2, -1)], 9))).toEqual([
    ...['1: tier none → high at 75', '2: tier high → none at 74'],
  ]);
});

test('thresholds are crossed in order', () => {
  const lines = modelOf({
    tiers: { low: 900, medium: 900, high: 900, slack: 0, dwellMs: 0 },
    thresholds: [25, 50, 75],
  });
  expect(crossings(play(lines, [given(0, 60), given(1, 15), given(2, -40)], 9))).toEqual([
    ...['0: threshold below 25 → 25 at 60', '0: threshold below 50 → 50 at 60', '1: threshold below 75 → 75 at 75'],
    ...['2: threshold 75 → below 75 at 35', '2: threshold 50 → below 50 at 35'],
  ]);
});

test('the grid joins both axes', () => {
  const grade = (fit: number, engagement: number) =>
    standing(model, [given(0, fit, 'fit'), given(0, engagement)], 0).grade;
  expect([grade(25, 50), grade(24, 49), grade(15, 25), grade(14, 24), grade(1, 1), grade(0, 0), grade(-9, 70)]).toEqual(
    [...['A1', 'B2', 'B2', 'C3', 'C3', 'D4', 'D1']],
  );
});

describe('ready for sales', () => {
  const ready = modelOf({
    engagement: [rule('page', 'page.viewed', 1)],
    ready: { tier: 'high', fit: 15, humanMs: 14 * day, types: ['page.viewed'] },
  });
  const fit = given(0, 15, 'fit');
  const told = (inputs: Parameters<typeof play>[1]) =>
    crossings(play(ready, inputs, 99)).filter((line) => line.includes('ready'));

  test('takes tier, fit and a person', () => {
    expect(told([fit, given(0, 55), event(1, 'page.viewed')])[0]).toBe('1: ready no → yes at 71');
    expect(told([fit, given(0, 54), event(1, 'page.viewed')])).toEqual([]);
    expect(told([given(0, 14, 'fit'), given(0, 60), event(1, 'page.viewed')])).toEqual([]);
    expect(told([fit, given(0, 60), event(1, 'page.viewed', { machine: true })])).toEqual([]);
    expect(told([fit, given(0, 60)])).toEqual([]);
  });

  test('ends when the person is silent', () => {
    const inputs = [fit, given(0, 60), event(1, 'page.viewed'), event(3, 'page.viewed')];
    expect(told(inputs)).toEqual(['1: ready no → yes at 76', '17: ready yes → no at 77']);
    expect([17 - 1 / 86_400_000, 17].map((days) => standing(ready, inputs, days).ready)).toEqual([true, false]);
    expect(nextCheckAt(ready, play(ready, inputs, 3).state)).toBe(17 * day);
  });

  test('begins anew with the next behaviour', () => {
    const inputs = [fit, given(0, 60), event(1, 'page.viewed'), event(20, 'page.viewed')];
    expect(told(inputs).slice(0, 3)).toEqual([
      ...['1: ready no → yes at 76', '15: ready yes → no at 76', '20: ready no → yes at 77'],
    ]);
  });

  test('lasts as long as the tier', () => {
    const slow = { ...ready, tiers: { ...ready.tiers, dwellMs: 6 * hour } };
    const inputs = [fit, given(0, 56), event(1, 'page.viewed'), given(2, -5)];
    expect(crossings(play(slow, inputs, 3)).slice(-2)).toEqual([
      '2.25: tier high → medium at 67',
      '2.25: ready yes → no at 67',
    ]);
  });
});

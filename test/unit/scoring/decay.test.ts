import { nextCheckAt } from '../../../workflows/domain/scoring/next-check';
import { crossings, day, event, modelOf, play, rule, standing } from './scores';

const slow = rule('slow', 'email.clicked', 40, { halfLifeMs: 14 * day });
const fast = rule('fast', 'demo.requested', 40, { halfLifeMs: 7 * day });
const none = { low: 900, medium: 900, high: 900, slack: 0, dwellMs: 0 };

test('points halve', () => {
  const model = modelOf({ engagement: [slow] });
  const inputs = [event(0, 'email.clicked'), event(14, 'email.clicked')];
  // 40 → 20, and 40 more → 30 → 15.
  expect([0, 14, 28, 42].map((days) => standing(model, inputs, days).engagement)).toEqual([40, 60, 30, 15]);
});

test('a cap holds when points come', () => {
  const model = modelOf({ engagement: [slow], caps: { fit: null, engagement: null, groups: { slow: 50 } } });
  const inputs = [event(0, 'email.clicked'), event(14, 'email.clicked')];
  // 20 are left on day 14, so 30 of the next 40 count.
  expect(play(model, inputs, 14).entries[1]).toMatchObject({ points: 30, lost: 10 });
  expect(standing(model, inputs, 28).engagement).toBe(25);
});

describe('a line is crossed', () => {
  const through = (model: ReturnType<typeof modelOf>, inputs: Parameters<typeof play>[1]) =>
    play(model, inputs, 9000).marks.map(({ at, kind, to }) => ({ at, kind, to }));

  test('at the exact millisecond', () => {
    // 40 · 2^(−t/14) = 30 at t = 14 · log2(4/3) days = 502,029,359.8… ms; below it from the next whole one on.
    const at = Math.ceil(14 * day * Math.log2(4 / 3));
    const model = modelOf({ engagement: [slow], tiers: none, thresholds: [30] });
    expect(through(model, [event(0, 'email.clicked')])).toEqual([
      { at: 0, kind: 'threshold', to: '30' },
      { at, kind: 'threshold', to: 'below 30' },
    ]);
    expect(nextCheckAt(model, play(model, [event(0, 'email.clicked')], 0).state)).toBe(at);
  });

  test('by two half-lives together', () => {
    // With x = 2^(−t/14): 40 x + 40 x² = 30 at x = ½, day 14; there it is 30 still.
    const model = modelOf({ engagement: [slow, fast], tiers: none, thresholds: [30] });
    expect(through(model, [event(0, 'email.clicked'), event(0, 'demo.requested')])).toEqual([
      { at: 0, kind: 'threshold', to: '30' },
      { at: 14 * day + 1, kind: 'threshold', to: 'below 30' },
    ]);
  });

  test('both ways where one term is negative', () => {
    // 40 x − 40 x² = 7.5 at x = ¾ on the way up and at x = ¼, day 28, on the way down.
    const model = modelOf({ engagement: [slow, { ...fast, points: -40 }], tiers: none, thresholds: [7.5] });
    const up = Math.ceil(14 * day * Math.log2(4 / 3));
    expect(through(model, [event(0, 'demo.requested'), event(0, 'email.clicked')]).slice(-2)).toEqual([
      { at: up, kind: 'threshold', to: '7.5' },
      { at: 28 * day + 1, kind: 'threshold', to: 'below 7.5' },
    ]);
  });

  test('never by what only comes near it', () => {
    const model = modelOf({ engagement: [slow, rule('stays', 'form.submitted', 30)], tiers: none, thresholds: [30] });
    expect(through(model, [event(0, 'form.submitted'), event(1, 'email.clicked')])).toEqual([
      { at: 0, kind: 'threshold', to: '30' },
    ]);
  });
});

test('tiers fall after their dwell by decay', () => {
  const tiers = { low: 1, medium: 26, high: 71, slack: 0, dwellMs: day };
  const model = modelOf({ engagement: [{ ...slow, points: 52 }], tiers });
  // 52 is 26 on day 14, below it a millisecond later; 1.0 on day 14 · log2 52 = 79.81.
  expect(
    crossings(play(model, [event(0, 'email.clicked')], 9000)).map((line) => line.replace(/\.(\d\d)\d+:/, '.$1:')),
  ).toEqual([
    '0: tier none → medium at 52',
    expect.stringMatching(/^15\.00: tier medium → low at 24\.7/),
    expect.stringMatching(/^80\.80: tier low → none at 0\.95/),
  ]);
});

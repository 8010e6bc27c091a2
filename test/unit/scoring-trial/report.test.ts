import { reportOf } from '../../../workflows/domain/scoring-trial/report';
import { count, mondayOf, newTally, type Judged, type Tried } from '../../../workflows/domain/scoring-trial/tally';

const calm: Judged = { total: 12, tier: 'low', ready: false, firstReadyAt: null, atAnswers: [] };
const tried = (more: Partial<Tried>): Tried => ({
  ...{ contactId: 'a', events: 3, now: calm, draft: calm, answers: [] },
  ...more,
});

function reported(...all: Tried[]) {
  const tally = newTally();
  for (const one of all) count(tally, one);
  return reportOf(tally);
}

test('people are counted by tier and total', () => {
  const { contacts, events, now } = reported(tried({}), tried({ now: { ...calm, total: -4, tier: 'none' } }));
  expect({ contacts, events }).toEqual({ contacts: 2, events: 6 });
  expect(now.tiers).toEqual({ none: 1, low: 1, medium: 0, high: 0 });
  expect(now.histogram).toEqual([
    { from: -10, contacts: 1 },
    { from: 10, contacts: 1 },
  ]);
});

test('who would move is named', () => {
  const draft: Judged = { ...calm, total: 80, tier: 'high' };
  expect(reported(tried({ contactId: 'b', draft }), tried({})).moves).toEqual([
    { from: 'low', to: 'high', contacts: 1, sample: [{ contactId: 'b', now: 12, draft: 80 }] },
  ]);
});

test('first times ready are counted by week', () => {
  const now = { ...calm, firstReadyAt: Date.parse('2026-11-22T23:00:00Z') };
  const draft = { ...calm, firstReadyAt: Date.parse('2026-11-23T00:00:00Z') };
  expect(reported(tried({ now, draft })).mqls).toEqual([
    { week: '2026-11-16', now: 1, draft: 0 },
    { week: '2026-11-23', now: 0, draft: 1 },
  ]);
});

test.each([
  ['1970-01-01T00:00:00Z', '1969-12-29'],
  ['2026-11-23T00:00:00Z', '2026-11-23'],
  ['2026-11-29T23:59:59Z', '2026-11-23'],
  ['2026-11-30T00:00:00Z', '2026-11-30'],
])('the week of %s begins on %s', (at, monday) => {
  expect(mondayOf(Date.parse(at))).toBe(monday);
});

describe('against what sales said', () => {
  // Three leads taken at 90 (ready), 75 (ready) and 30 points (not ready); two given back at 80 (ready) and 10.
  const answered = (total: number, ready: boolean, accepted: boolean) => {
    const side = { ...calm, atAnswers: [{ total, ready }] };
    return tried({ now: side, draft: side, answers: [accepted] });
  };
  const all = [
    answered(90, true, true),
    answered(75, true, true),
    answered(30, false, true),
    answered(80, true, false),
    answered(10, false, false),
  ];

  test('ready tells taken from given back', () => {
    expect(reported(...all).sales.now).toEqual({
      ...{ truePositives: 2, falsePositives: 1, falseNegatives: 1, trueNegatives: 1 },
      ...{ precision: 0.667, recall: 0.667 },
    });
  });

  test('another threshold would tell otherwise', () => {
    const at85 = reported(...all).sales.thresholds.find(({ threshold }) => threshold === 85);
    expect(at85?.now).toMatchObject({
      truePositives: 1,
      falsePositives: 0,
      falseNegatives: 2,
      precision: 1,
      recall: 0.333,
    });
  });

  test('few answers are not enough', () => {
    expect(reported(...all).sales).toMatchObject({ accepted: 3, rejected: 2, enough: false });
    expect(reported(...all, ...all, ...all, ...all).sales.enough).toBe(true);
  });

  test('nothing to divide by is no share', () => {
    expect(reported(tried({})).sales.now).toMatchObject({ precision: null, recall: null });
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { titleOf } from '../../../workflows/domain/people/titles';
import type { ScoreInput } from '../../../workflows/domain/scoring/state';
import { compileScoreModel } from '../../../workflows/scoring-model/compile-score-model';
import { crossings, event, fields, ledger, play, standing } from './scores';

const catalog = join(__dirname, '../../../workflows/scoring-model/catalog');
const compiled = compileScoreModel(readFileSync(join(catalog, 'standard.yaml'), 'utf8'));
if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
const { model } = compiled;

const page = (days: number, path: string) => event(days, 'page.viewed', { path });
const who = (jobTitle: string, more = {}) => fields(0, { jobTitle, ...titleOf(jobTitle), industry: 'saas', ...more });

/** Two blog posts, pricing twice within a week, and a webinar. */
const interested = (): ScoreInput[] => [
  ...[page(0, '/blog/first'), page(1, '/blog/second')],
  ...[page(2, '/pricing'), page(5, '/pricing'), event(6, 'webinar.attended')],
];

// Fit: VP 15, SaaS 10 = 25. Engagement: blog 0, pricing 10, again within 7 days 15, webinar 20 = 45. Together 70: one
// point short of high. A company of 201 to 500 gives 10 more.
const vp = [who('VP of Sales'), ...interested()];
const vpOfLarge = [who('VP of Sales', { companySize: '201-500' }), ...interested()];
// Student −10, SaaS 10 = 0, and the same 45.
const student = [who('Student intern', { companySize: '201-500' }), ...interested()];

test('a VP at a SaaS company', () => {
  expect(ledger(play(model, vp, 6))).toEqual([
    ...['0: decides +15', '0: target-industry +10'],
    ...['2: pricing +10', '5: pricing-again +15', '6: webinar +20'],
  ]);
  expect(standing(model, vp, 6)).toEqual({
    ...{ fit: 25, engagement: 45, total: 70, tier: 'medium', grade: 'A2', ready: false, blocked: false },
  });
});

test('of a larger company is ready for sales', () => {
  expect(standing(model, vpOfLarge, 6)).toEqual({
    ...{ fit: 35, engagement: 45, total: 80, tier: 'high', grade: 'A2', ready: true, blocked: false },
  });
  expect(crossings(play(model, vpOfLarge, 6))).toEqual([
    '0: tier none → medium at 35',
    '6: tier medium → high at 80',
    '6: ready no → yes at 80',
  ]);
});

test('a student who does the same is not', () => {
  // −10 + 10 + 10 = 10 of fit: even a demo, 25 more and high, does not make them ready.
  expect(standing(model, student, 6)).toMatchObject({
    fit: 10,
    engagement: 45,
    total: 55,
    tier: 'medium',
    ready: false,
  });
  expect(standing(model, [...student, event(7, 'demo.requested')], 7)).toMatchObject({
    ...{ fit: 10, engagement: 70, total: 80, tier: 'high', grade: 'C1', ready: false },
  });
});

test('unsubscribing zeroes it', () => {
  const gone = [...vpOfLarge, event(7, 'email.unsubscribed')];
  expect(standing(model, gone, 7)).toEqual({
    ...{ fit: 35, engagement: 0, total: 0, tier: 'none', grade: 'A4', ready: false, blocked: true },
  });
  const back = [...gone, event(8, 'webinar.attended'), event(9, 'contact.resubscribed')];
  expect(standing(model, back, 8)).toMatchObject({ engagement: 20, total: 0, tier: 'none' });
  expect(standing(model, back, 9)).toMatchObject({
    fit: 35,
    engagement: 20,
    total: 55,
    tier: 'medium',
    blocked: false,
  });
});

test('six silent months take thirty points', () => {
  // The last behaviour was on day 6: −5 on days 36, 66, 96, 126, 156 and 186. Below 71 from day 66 on (80 − 10 = 70), so
  // medium a day later; no longer ready from day 20 on, when fourteen days have passed.
  expect(ledger(play(model, vpOfLarge, 187)).slice(-6)).toEqual(
    [36, 66, 96, 126, 156, 186].map((days) => `${days}: silence -5`),
  );
  expect(standing(model, vpOfLarge, 187)).toMatchObject({
    fit: 35,
    engagement: 15,
    total: 50,
    tier: 'medium',
    ready: false,
  });
  expect(crossings(play(model, vpOfLarge, 187)).slice(-2)).toEqual([
    '20: ready yes → no at 80',
    '67: tier high → medium at 70',
  ]);
  // Three more take the rest; fit stays.
  expect(standing(model, vpOfLarge, 500)).toMatchObject({ fit: 35, engagement: 0, total: 35, tier: 'medium' });
});

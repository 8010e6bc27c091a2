import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileScoreModel } from '../../../workflows/scoring-model/compile-score-model';

const catalog = join(__dirname, '../../../workflows/scoring-model/catalog');
const source = readFileSync(join(catalog, 'standard.yaml'), 'utf8');

function compiled(text: string) {
  const result = compileScoreModel(text);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.model;
}

const standard = compiled(source);

test('the standard model fits on one screen', () => {
  expect(source.split('\n').length).toBeLessThanOrEqual(51);
});

test('fit gives the points that are promised', () => {
  expect(standard.fit.map(({ id, group, points }) => [id, group, points])).toEqual([
    ['student', 'title', -10],
    ['decides', 'title', 15],
    ['target-industry', 'industry', 10],
    ['large-company', 'companySize', 10],
    ['mid-size-company', 'companySize', 5],
  ]);
});

test('engagement gives the points that are promised', () => {
  expect(standard.engagement.map(({ id, points }) => [id, points])).toEqual([
    ['pricing', 10],
    ['pricing-again', 15],
    ['demo', 25],
    ['webinar', 20],
    ['case-study', 15],
    ['whitepaper', 5],
    ['click', 5],
    ['opens', 5],
    ['careers', -10],
  ]);
});

test('a month of silence takes five points', () => {
  expect(standard.silence).toMatchObject({ ms: 30 * 86_400_000, points: -5 });
});

test('unsubscribing blocks until new consent', () => {
  expect(standard.resets).toEqual([
    {
      ...{ id: 'unsubscribed', types: ['email.unsubscribed', 'email.complained'], where: null },
      until: ['contact.resubscribed'],
    },
  ]);
});

test('tiers and readiness are as promised', () => {
  expect(standard.tiers).toEqual({ low: 1, medium: 26, high: 71, slack: 0, dwellMs: 86_400_000 });
  expect(standard.ready).toMatchObject({ tier: 'high', fit: 15, humanMs: 14 * 86_400_000 });
});

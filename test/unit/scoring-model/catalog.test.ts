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

test('periods, caps and groups are as promised', () => {
  const day = 86_400_000;
  const plain = { group: '', where: null, within: null, per: null, cap: null, halfLifeMs: null };
  const pricing = { types: ['page.viewed'], where: { path: { startsWith: '/pricing' } } };
  const asset = { types: ['asset.downloaded'], per: { max: 1, ms: 7 * day } };
  const monthly = { max: 1, ms: 30 * day };
  expect(standard.engagement).toEqual([
    { ...plain, ...pricing, id: 'pricing', points: 10, per: { max: 1, ms: null } },
    {
      ...{ ...plain, ...pricing, id: 'pricing-again', points: 15 },
      ...{ within: { times: 2, ms: 7 * day }, per: { max: 1, ms: 7 * day } },
    },
    { ...plain, id: 'demo', types: ['demo.requested'], points: 25, per: monthly },
    { ...plain, id: 'webinar', types: ['webinar.attended'], points: 20, per: { max: 1, ms: day } },
    { ...plain, ...asset, id: 'case-study', where: { kind: 'case-study' }, points: 15 },
    { ...plain, ...asset, id: 'whitepaper', where: { kind: { in: ['whitepaper', 'ebook'] } }, points: 5 },
    { ...plain, id: 'click', types: ['email.clicked'], points: 5, per: { max: 1, ms: day }, group: 'mail' },
    {
      ...{ ...plain, id: 'opens', types: ['email.opened'], points: 5, group: 'mail' },
      ...{ within: { times: 5, ms: 30 * day }, per: monthly },
    },
    {
      ...{ ...plain, id: 'careers', types: ['page.viewed'], where: { path: { startsWith: '/careers' } } },
      ...{ points: -10, per: monthly },
    },
  ]);
  expect(standard.fit.map(({ when }) => when)).toEqual([
    { field: 'seniority', in: ['student', 'intern'] },
    { field: 'seniority', in: ['head', 'director', 'vp', 'c-level', 'owner'] },
    { field: 'industry', in: ['saas', 'software'] },
    { field: 'companySize', in: ['201-500', '501-1000', '1001-5000', '5001-10000', '10001+'] },
    { field: 'companySize', is: '51-200' },
  ]);
  const { caps, grid, thresholds, silence, ready } = standard;
  expect({ caps, grid, thresholds }).toEqual({
    caps: { fit: 60, engagement: 200, groups: { mail: 30 } },
    grid: { fit: [25, 15, 1], engagement: [50, 25, 1] },
    thresholds: [],
  });
  expect(silence?.types).toEqual(expect.arrayContaining(['page.viewed', 'email.clicked', 'email.opened']));
  expect(ready.types).not.toContain('email.opened');
});

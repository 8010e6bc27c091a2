import fc from 'fast-check';
import { parse } from 'yaml';
import { eventGroups } from '../../../workflows/domain/events';
import type { EngagementRule, ScoreModel } from '../../../workflows/domain/scoring/model';
import { plainModel } from '../../../workflows/domain/scoring/plain-model';
import { compileScoreModel, type ModelLookups } from '../../../workflows/scoring-model/compile-score-model';
import { sound } from './bad-cases';

const DAY = 86_400_000;

function modelOf(text: string, lookups: ModelLookups = {}): ScoreModel {
  const compiled = compileScoreModel(`model: x\nexplain: X.\n${text}`, lookups);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.model;
}

function engagementOf(rule: string, head = ''): EngagementRule | undefined {
  return modelOf(`${head}\nengagement: [{ id: a, on: page.viewed, points: 1, ${rule} }]`).engagement[0];
}

test('a document that says nothing gives no points', () => {
  const { tiers, ready, ...rest } = modelOf('');
  expect(rest).toMatchObject({ fit: [], engagement: [], resets: [], silence: null, thresholds: [] });
  expect({ ...rest, tiers, ready }).toEqual({
    ...plainModel,
    tiers: { ...plainModel.tiers, dwellMs: DAY },
    ready: { ...plainModel.ready, types: eventGroups['behaviour'] },
  });
});

test.each([
  ['per: once', { per: { max: 1, ms: null } }],
  ['per: day', { per: { max: 1, ms: DAY } }],
  ['per: week, max: 3', { per: { max: 3, ms: 7 * DAY } }],
  ['per: month', { per: { max: 1, ms: 30 * DAY } }],
  ['per: 36 hours', { per: { max: 1, ms: 1.5 * DAY } }],
  ['per: 1 day', { per: { max: 1, ms: DAY } }],
  ['times: 5, within: 1 month', { within: { times: 5, ms: 30 * DAY } }],
  ['times: 2, within: 90 minutes', { within: { times: 2, ms: DAY / 16 } }],
  ['halfLife: 2 weeks', { halfLifeMs: 14 * DAY }],
  ['cap: 50, group: web', { cap: 50, group: 'web' }],
  ['where: { path: /pricing }', { where: { path: '/pricing' } }],
])('%s is compiled', (rule, expected) => {
  const bare = {
    id: 'a',
    group: '',
    types: ['page.viewed'],
    where: null,
    points: 1,
    within: null,
    per: null,
    cap: null,
  };
  expect(engagementOf(rule)).toEqual({ ...bare, halfLifeMs: null, ...expected });
});

test('a half-life of all is of those without their own', () => {
  const head = 'halfLife: 30 days';
  expect(engagementOf('per: once', head)?.halfLifeMs).toBe(30 * DAY);
  expect(engagementOf('halfLife: 1 week', head)?.halfLifeMs).toBe(7 * DAY);
});

test('rules about the same fields are a group', () => {
  const { fit } = modelOf(`fit:
  - { id: a, when: { field: industry, is: saas }, points: 1 }
  - { id: b, when: { any: [{ field: seniority, is: vp }, { not: { field: country, is: DE } }] }, points: 1 }
  - { id: c, when: { all: [{ field: country, is: DE }, { field: seniority, is: vp }, { field: country, exists: true }] }, points: 1 }
  - { id: d, when: { field: industry, is: retail }, points: 1, group: own }`);
  expect(fit.map(({ group }) => group)).toEqual(['industry', 'country+seniority', 'country+seniority', 'own']);
});

test.each([
  ['{ high: 75 }', { low: 75, medium: 75, high: 75 }],
  ['{ low: 5, high: 75 }', { low: 5, medium: 75, high: 75 }],
  ['{ medium: 40, high: 75, slack: 5, dwell: 2 days }', { low: 40, medium: 40, high: 75, slack: 5, dwellMs: 2 * DAY }],
])('tiers %s leave out what is not there', (tiers, expected) => {
  const ready = tiers.includes('medium') ? 'medium' : 'high';
  expect(modelOf(`tiers: ${tiers}\nready: { tier: ${ready} }`).tiers).toEqual({ slack: 0, dwellMs: DAY, ...expected });
});

test('groups of events are spelled out, each type once', () => {
  const lookups = { eventGroups: { reads: ['blog.read', 'page.viewed', 'activity'] } };
  const model = modelOf(
    'engagement: [{ id: a, on: [reads, activity], points: 1 }]\nresets: [{ id: b, on: reads, until: [blog.read, reads] }]\nready: { on: reads }',
    lookups,
  );
  const activity = eventGroups['activity'] ?? [];
  const reads = ['blog.read', 'page.viewed', ...activity.filter((type) => type !== 'page.viewed')];
  expect(model.engagement[0]?.types).toEqual(reads);
  expect(model.resets[0]).toMatchObject({ types: reads, until: reads });
  expect(model.ready.types).toEqual(reads);
});

test('an industry of the settings may be asked for', () => {
  const fit = 'fit: [{ id: a, when: { field: industry, is: banking }, points: 1 }]';
  expect(() => modelOf(fit)).toThrow('is never `banking`');
  expect(modelOf(fit, { industries: [{ key: 'banking', name: 'Banks', also: [] }] }).fit).toHaveLength(1);
});

test('text, JSON and data mean the same', () => {
  const [text, data] = [compileScoreModel(sound), compileScoreModel(parse(sound) as object)];
  expect(compileScoreModel(JSON.stringify(parse(sound)))).toEqual(text);
  expect(data).toEqual(text);
});

test('the model is plain JSON', () => {
  const compiled = compileScoreModel(sound);
  expect(compiled.ok && JSON.parse(JSON.stringify(compiled.model))).toEqual(compiled.ok && compiled.model);
});

test('whatever is written, it is compiled or refused', () => {
  const whole = parse(sound) as Record<string, unknown>;
  const part = fc.constantFrom(...Object.keys(whole));
  let refused = 0;
  fc.assert(
    fc.property(part, fc.jsonValue({ maxDepth: 3 }), (key, value) => {
      const compiled = compileScoreModel({ ...whole, [key]: value });
      if (!compiled.ok) refused += 1;
      expect(compiled.ok || compiled.problems.length > 0).toBe(true);
    }),
    { numRuns: 500 },
  );
  expect(refused).toBeGreaterThan(300);
});

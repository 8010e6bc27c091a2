import fc from 'fast-check';
import type { Where } from '../../../workflows/domain/conditions/condition';
import { advanceScore } from '../../../workflows/domain/scoring/advance';
import type { EngagementRule, ScoreModel } from '../../../workflows/domain/scoring/model';
import { byMoment } from '../../../workflows/domain/scoring/moments';
import { newScore } from '../../../workflows/domain/scoring/new-score';
import { nextCheckAt } from '../../../workflows/domain/scoring/next-check';
import { plainModel } from '../../../workflows/domain/scoring/plain-model';
import { replayScore } from '../../../workflows/domain/scoring/replay';
import { scoreAt } from '../../../workflows/domain/scoring/score-at';
import type { Scored, ScoreInput, ScoreState } from '../../../workflows/domain/scoring/state';
import { takeScore } from '../../../workflows/domain/scoring/take-score';
import { engagementAt, fitOf } from '../../../workflows/domain/scoring/worth';
import type { JsonObject } from '../../../workflows/domain/json';
import { day, hour } from './scores';

const types = ['page.viewed', 'email.clicked', 'demo.requested', 'webinar.attended'];
const seniorities = ['student', 'manager', 'vp'];
const LAST = 200 * day;

const ruleOf = (plain: boolean): fc.Arbitrary<Omit<EngagementRule, 'id'>> =>
  fc.record<Omit<EngagementRule, 'id'>>({
    group: fc.constantFrom('', 'mail', 'web'),
    types: fc.subarray(types, { minLength: 1, maxLength: 2 }),
    where: fc.constantFrom<Where | null>(null, { path: '/pricing' }, { machine: true }),
    points: fc.constantFrom(-10, -3, 1, 5, 15, 40),
    within: plain ? fc.constant(null) : fc.constantFrom(null, null, { times: 2, ms: 7 * day }),
    per: plain ? fc.constant(null) : fc.constantFrom(null, { max: 1, ms: null }, { max: 2, ms: 3 * day }),
    cap: plain ? fc.constant(null) : fc.constantFrom(null, 20),
    halfLifeMs: fc.constantFrom(null, null, 7 * day, 30 * day),
  });

/** `plain`: without what makes the order of arrival matter. */
const modelOf = ({ plain }: { plain: boolean }): fc.Arbitrary<ScoreModel> =>
  fc.record<ScoreModel>({
    fit: fc.constant([
      { id: 'student', group: 'title', when: { field: 'seniority', is: 'student' }, points: -10 },
      { id: 'vp', group: 'title', when: { field: 'seniority', is: 'vp' }, points: 15 },
      { id: 'saas', group: 'industry', when: { field: 'industry', is: 'saas' }, points: 10 },
    ]),
    engagement: fc
      .array(ruleOf(plain), { minLength: 1, maxLength: 6 })
      .map((rules) => rules.map((rule, place) => ({ ...rule, id: `rule-${place}` }))),
    resets: plain
      ? fc.constant([])
      : fc.constantFrom([], [{ id: 'bye', types: ['demo.requested'], where: null, until: ['webinar.attended'] }]),
    caps: plain
      ? fc.constant(plainModel.caps)
      : fc.record({
          fit: fc.constantFrom(null, 20),
          engagement: fc.constantFrom(null, 60),
          groups: fc.constantFrom<Record<string, number>>({}, { mail: 30 }),
        }),
    silence: plain ? fc.constant(null) : fc.constantFrom(null, { ms: 30 * day, points: -5, types: ['page.viewed'] }),
    tiers: fc.constantFrom(
      { low: 1, medium: 26, high: 71, slack: 0, dwellMs: 0 },
      { low: 1, medium: 26, high: 71, slack: 5, dwellMs: day },
    ),
    grid: fc.constant(plainModel.grid),
    ready: fc.constant({ tier: 'medium' as const, fit: 10, humanMs: 14 * day, types: ['page.viewed'] }),
    thresholds: fc.constantFrom([], [10, 40]),
  });

const instant = fc.integer({ min: 0, max: LAST / hour }).map((hours) => hours * hour);
const event = fc.record({
  kind: fc.constant('event' as const),
  at: instant,
  type: fc.constantFrom(...types),
  properties: fc.constantFrom<JsonObject>({}, {}, { path: '/pricing' }, { machine: true }),
});
const other = fc.oneof(
  fc.record({
    kind: fc.constant('fields' as const),
    at: instant,
    contact: fc.record({ seniority: fc.constantFrom(...seniorities), industry: fc.constantFrom('saas', 'retail') }),
  }),
  fc.record({
    ...{ kind: fc.constant('given' as const), at: instant, rule: fc.constant('by hand') },
    axis: fc.constantFrom('fit' as const, 'engagement' as const),
    points: fc.constantFrom(-20, 5, 30),
  }),
);
const history = fc
  .array(fc.oneof({ weight: 4, arbitrary: event }, { weight: 1, arbitrary: other }), { maxLength: 40 })
  .map((all) =>
    all.map((input, place): ScoreInput => (input.kind === 'event' ? { ...input, seq: BigInt(place) } : input)),
  )
  .map((all) => all.sort(byMoment));

const anyModel = modelOf({ plain: false });
const runs = { numRuns: 300 };

/** One by one, as they come; time passes in between as often as it is told to. */
function follow(model: ScoreModel, inputs: readonly ScoreInput[], stops: readonly number[]): Scored {
  let all: Scored = { state: newScore(), entries: [], marks: [] };
  const add = ({ state, entries, marks }: Scored) => {
    all = { state, entries: [...all.entries, ...entries], marks: [...all.marks, ...marks] };
  };
  const moments = [...inputs.map(({ at }) => at), ...stops];
  const left = [...inputs];
  for (const at of [...new Set(moments)].sort((a, b) => a - b)) {
    if (stops.includes(at)) add(advanceScore(model, all.state, at));
    for (let next = left[0]; next?.at === at; next = left[0]) {
      add(takeScore(model, JSON.parse(JSON.stringify(all.state)) as ScoreState, next));
      left.shift();
    }
  }
  add(advanceScore(model, all.state, LAST));
  return all;
}

test('replaying gives what following gave', () => {
  fc.assert(
    fc.property(anyModel, history, fc.array(instant, { maxLength: 8 }), (model, inputs, stops) => {
      expect(replayScore(model, inputs, LAST)).toEqual(follow(model, inputs, stops));
    }),
    runs,
  );
});

test('any moment equals a replay up to it', () => {
  fc.assert(
    fc.property(anyModel, history, instant, instant, (model, inputs, one, another) => {
      const [last, at] = [Math.min(one, another), Math.max(one, another)];
      const until = inputs.filter((input) => input.at <= last);
      const { state } = follow(model, until, []);
      const early = replayScore(model, until, last).state;
      expect(scoreAt(model, early, at)).toEqual(scoreAt(model, replayScore(model, until, at).state, at));
      expect(scoreAt(model, early, LAST)).toEqual(scoreAt(model, state, LAST));
    }),
    runs,
  );
});

test('the ledger adds up to the state', () => {
  const whole = anyModel.map((model) => {
    const engagement = model.engagement.map((rule) => ({ ...rule, halfLifeMs: null }));
    return { ...model, engagement };
  });
  fc.assert(
    fc.property(whole, history, (model, inputs) => {
      const { entries, state } = replayScore(model, inputs, LAST);
      const sum = (axis: 'fit' | 'engagement') =>
        [...entries, ...inputs].reduce((all, it) => ('axis' in it && it.axis === axis ? all + it.points : all), 0);
      expect(fitOf(state)).toBe(sum('fit'));
      expect(engagementAt(state, LAST)).toBe(sum('engagement'));
    }),
    runs,
  );
});

test('fit from the ledger is fit from fields', () => {
  fc.assert(
    fc.property(anyModel, history, (model, inputs) => {
      const scored = replayScore(model, inputs, LAST);
      const fit = scored.entries.flatMap(({ kind, at, group, rule, points }): ScoreInput[] =>
        kind === 'fit' ? [{ kind, at, group, rule, points }] : [],
      );
      const again = replayScore(model, [...inputs.filter(({ kind }) => kind !== 'fields'), ...fit], LAST);
      expect(again.state).toEqual(scored.state);
    }),
    runs,
  );
});

test('order of arrival does not matter uncapped', () => {
  const shuffled = history.chain((inputs) =>
    fc.tuple(fc.constant(inputs), fc.shuffledSubarray(inputs, { minLength: inputs.length })),
  );
  fc.assert(
    fc.property(modelOf({ plain: true }), shuffled, (model, [inputs, arrived]) => {
      const events = arrived.filter(({ kind }) => kind === 'event');
      const sum = events.reduce((all, input) => all + engagementAt(replayScore(model, [input], LAST).state, LAST), 0);
      const inOrder = inputs.filter(({ kind }) => kind === 'event');
      expect(scoreAt(model, replayScore(model, inOrder, LAST).state, LAST).engagement).toBeCloseTo(sum, 6);
      const places = arrived.map((input, place) => (input.kind === 'event' ? { ...input, seq: BigInt(place) } : input));
      const pointsOf = (all: readonly ScoreInput[]) =>
        scoreAt(model, replayScore(model, all, LAST).state, LAST).engagement;
      expect(pointsOf(places.sort(byMoment))).toBeCloseTo(pointsOf(inputs), 6);
    }),
    runs,
  );
});

test('points only fall while nothing happens', () => {
  const giving = modelOf({ plain: true }).map((model) => ({
    ...model,
    engagement: model.engagement.map((rule) => ({ ...rule, points: Math.abs(rule.points) })),
  }));
  fc.assert(
    fc.property(giving, history, fc.array(instant, { minLength: 2 }), (model, inputs, more) => {
      const events = inputs.filter(({ kind }) => kind === 'event');
      const { state } = replayScore(model, events, LAST);
      const seen = [...more].sort((a, b) => a - b).map((ms) => scoreAt(model, state, LAST + ms).engagement);
      expect(seen).toEqual([...seen].sort((a, b) => b - a));
    }),
    runs,
  );
});

test('nothing is told before the next check', () => {
  fc.assert(
    fc.property(anyModel, history, (model, inputs) => {
      const { state } = replayScore(model, inputs, inputs.at(-1)?.at ?? 0);
      const next = nextCheckAt(model, state);
      const told = ({ entries, marks }: Scored) => entries.length + marks.length;
      const before = next === null ? LAST * 20 : next - 1;
      expect(told(advanceScore(model, state, before))).toBe(0);
      if (next !== null) expect(told(advanceScore(model, state, next))).toBeGreaterThan(0);
    }),
    runs,
  );
});

test('a state is bounded however much happens', () => {
  fc.assert(
    fc.property(anyModel, fc.constantFrom(...types), (model, type) => {
      const many = Array.from({ length: 500 }, (_, place): ScoreInput => {
        return { kind: 'event', at: place * hour, seq: BigInt(place), type, properties: { path: '/pricing' } };
      });
      expect(JSON.stringify(replayScore(model, many, LAST).state).length).toBeLessThan(2500);
    }),
    { numRuns: 50 },
  );
});

test('the state before stays as it was', () => {
  fc.assert(
    fc.property(anyModel, history, (model, inputs) => {
      const [last] = inputs.slice(-1);
      if (!last) return;
      const { state } = replayScore(model, inputs.slice(0, -1), last.at);
      const before = JSON.stringify(state);
      takeScore(model, state, last);
      advanceScore(model, state, LAST * 2);
      expect(JSON.stringify(state)).toBe(before);
    }),
    runs,
  );
});

import fc from 'fast-check';
import { columnsOf, scoreFrom } from '../../../workflows/domain/scoring/columns';
import type { ScoreModel } from '../../../workflows/domain/scoring/model';
import { byMoment, isLate } from '../../../workflows/domain/scoring/moments';
import { newScore } from '../../../workflows/domain/scoring/new-score';
import { replayScore } from '../../../workflows/domain/scoring/replay';
import { scoreAt } from '../../../workflows/domain/scoring/score-at';
import type { EntryOf, MarkOf, ScoreInput, ScoreState } from '../../../workflows/domain/scoring/state';
import {
  countAnew,
  countInput,
  countPending,
  countTime,
  instantOf,
  openTally,
  putInput,
} from '../../../workflows/domain/scoring/tally';
import { tellCrossings } from '../../../workflows/domain/scoring/tell';
import { day, hour, modelOf, rule } from './scores';

const full: ScoreModel = modelOf({
  fit: [{ id: 'vp', group: 'title', when: { field: 'seniority', is: 'vp' }, points: 15 }],
  engagement: [
    rule('page', 'page.viewed', 10, { group: 'web', per: { max: 2, ms: 3 * day } }),
    rule('again', 'page.viewed', 15, { group: 'web', within: { times: 2, ms: 7 * day } }),
    rule('click', 'email.clicked', 20, { group: 'mail', halfLifeMs: 14 * day, cap: 60 }),
    rule('careers', 'careers.viewed', -10),
  ],
  resets: [{ id: 'bye', types: ['email.unsubscribed'], where: null, until: ['contact.consented'] }],
  caps: { fit: 60, engagement: 120, groups: { web: 80 } },
  silence: { ms: 30 * day, points: -5, types: ['page.viewed', 'email.clicked'] },
  tiers: { low: 1, medium: 26, high: 71, slack: 3, dwellMs: day },
  ready: { tier: 'medium', fit: 10, humanMs: 14 * day, types: ['page.viewed'] },
  thresholds: [40, 75],
});
const types = [
  'page.viewed',
  'page.viewed',
  'email.clicked',
  'careers.viewed',
  'email.unsubscribed',
  'contact.consented',
];

/** The ledger as the database keeps it: what is superseded goes, the rest is added. */
class Ledger {
  state: ScoreState = newScore();
  entries: EntryOf[] = [];
  marks: MarkOf[] = [];
  told: { type: string; from?: unknown; to?: unknown }[] = [];
  model = full;
  marksSince = -Infinity;
  private facts: ScoreInput[] = [];
  private causes = 0;

  take(batch: readonly ScoreInput[]): void {
    const before = (input: ScoreInput, i: number) => byMoment(batch[i - 1] ?? input, input) > 0;
    const isAnyLate = batch.some((input, i) => isLate(this.state, input) || before(input, i));
    const tally = this.open(isAnyLate ? this.inputs() : null);
    for (const [i, input] of batch.entries()) {
      // Whatever waits is counted before something that has no instant of its own.
      if (input.kind !== 'event') this.tell(countPending(tally, this.model));
      if (input.kind !== 'fields') this.facts.push({ ...input, at: instantOf(tally.state, input) });
      this.tell(i < batch.length - 1 ? putInput(tally, this.model, input) : countInput(tally, this.model, input));
    }
    this.write(tally);
  }

  sweep(to: number): void {
    const tally = this.open(null);
    this.tell(countTime(tally, this.model, to));
    this.write(tally);
  }

  /** Another model counts from now on, and the batch after it begins as the pump begins it. */
  publish(model: ScoreModel): void {
    this.model = model;
    const tally = this.open(null);
    const to = this.state.asOf ?? 0;
    const rewrite = { from: -Infinity, fit: false, marksFrom: null };
    countAnew(tally, model, { inputs: this.inputs(), to, before: this.state, rewrite });
    this.write(tally);
  }

  private open(inputs: ScoreInput[] | null) {
    return Object.assign(openTally(this.state, inputs), { marksSince: this.marksSince });
  }

  inputs(): ScoreInput[] {
    const fit = this.entries.flatMap(({ kind, ...entry }) => (kind === 'fit' ? [{ kind, ...entry }] : []));
    return [...this.facts, ...fit].sort(byMoment);
  }

  private write({ state, entries, marks, marksSince, rewrite }: ReturnType<typeof openTally>): void {
    const from = rewrite?.from ?? Infinity;
    this.entries = [...this.entries.filter(({ kind, at }) => at < from || kind === 'fit'), ...entries];
    const marksFrom = rewrite?.marksFrom ?? Infinity;
    this.marks = [...this.marks.filter(({ at }) => at < marksFrom), ...marks];
    this.marksSince = marksSince;
    this.state = JSON.parse(JSON.stringify(state)) as ScoreState;
  }

  private tell(marks: readonly MarkOf[]): void {
    const told = tellCrossings(marks, { contactId: 'ann', cause: String((this.causes += 1)) });
    this.told.push(...told.map(({ type, properties: { from, to } }) => ({ type, from, to })));
  }
}

const instant = fc.integer({ min: 0, max: (100 * day) / hour }).map((hours) => hours * hour);
const arriving = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.record({ at: instant, type: fc.constantFrom(...types) }) },
      { weight: 1, arbitrary: fc.record({ at: instant, seniority: fc.constantFrom('vp', 'staff') }) },
      { weight: 1, arbitrary: fc.record({ at: instant, points: fc.constantFrom(-20, 5, 30) }) },
    ),
    { maxLength: 30 },
  )
  .map((all) =>
    all.map((one, i): ScoreInput => {
      if ('type' in one) return { kind: 'event', seq: BigInt(i), properties: {}, ...one };
      const { at } = one;
      if ('seniority' in one) return { kind: 'fields', at, contact: { seniority: one.seniority } };
      return { kind: 'given', at, axis: 'engagement', points: one.points, rule: 'by hand' };
    }),
  );
const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 30, maxLength: 30 });

const inOrder = <T extends { at: number }>(all: readonly T[]) => [...all].sort((a, b) => a.at - b.at);

function arrive(inputs: readonly ScoreInput[], batches: readonly number[], ledger = new Ledger()): Ledger {
  for (let from = 0, i = 0; from < inputs.length; i += 1) {
    const size = batches[i] ?? 1;
    ledger.take(inputs.slice(from, from + size));
    // Sweeps are for now, which is not before anything that has come; a late event comes after them all the same.
    if (size === 1) ledger.sweep(Math.max(...inputs.slice(0, from + 1).map(({ at }) => at)));
    from += size;
  }
  return ledger;
}

test('however things arrive, the ledger gives the state', () => {
  fc.assert(
    fc.property(arriving, sizes, (inputs, batches) => {
      const ledger = arrive(inputs, batches);
      const anew = replayScore(full, ledger.inputs(), ledger.state.asOf ?? 0);
      expect(ledger.state).toEqual(anew.state);
      const own = ledger.entries.filter(({ kind }) => kind !== 'fit');
      expect(inOrder(own)).toEqual(anew.entries);
      expect(inOrder(ledger.marks)).toEqual(anew.marks);
    }),
    { numRuns: 500 },
  );
});

test('events end at one state, whichever comes first', () => {
  const shuffled = arriving
    .map((all) => all.filter(({ kind }) => kind === 'event'))
    .chain((events) => fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })));
  fc.assert(
    fc.property(shuffled, sizes, ([events, arrived], batches) => {
      const { state } = arrive(arrived, batches);
      expect(state).toEqual(replayScore(full, [...events].sort(byMoment), state.asOf ?? 0).state);
    }),
    { numRuns: 500 },
  );
});

test('what is told leads from tier to tier, to the last', () => {
  fc.assert(
    fc.property(arriving, sizes, (inputs, batches) => {
      const { told, state } = arrive(inputs, batches);
      let tier: unknown = 'none';
      for (const { type, from, to } of told) {
        if (type !== 'score.tier_changed') continue;
        expect(from).toBe(tier);
        expect(to).not.toBe(from);
        tier = to;
      }
      expect(tier).toBe(state.tier);
    }),
    { numRuns: 300 },
  );
});

test('a late event leaves crossings of an earlier model', () => {
  const plain = (points: number) => modelOf({ engagement: [rule('page', 'page.viewed', points)] });
  const page = (days: number, seq: number): ScoreInput => ({
    ...{ kind: 'event', at: days * day, seq: BigInt(seq), type: 'page.viewed', properties: {} },
  });
  const ledger = new Ledger();
  ledger.model = plain(30);
  ledger.take([page(1, 1), page(10, 2), page(20, 3)]);
  ledger.publish(plain(12));
  const noted = () => ledger.marks.map(({ at, from, to, total }) => `${at / day}: ${from} to ${to} at ${total}`);
  const old = ['1: none to medium at 30', '20: medium to high at 90'];
  expect(noted()).toEqual([...old, '20: high to medium at 36']);
  ledger.take([page(15, 4)]);
  expect(noted()).toEqual([...old, '20: high to medium at 36']);
  ledger.take([page(22, 5), page(24, 6)]);
  expect(noted()).toEqual([...old, '20: high to medium at 36', '24: medium to high at 72']);
  ledger.take([page(23, 7)]);
  expect(noted()).toEqual([...old, '20: high to medium at 36', '23: medium to high at 72']);
  ledger.publish(plain(5));
  ledger.take([page(2, 8), page(3, 9)]);
  expect(noted().at(-1)).toBe('24: high to medium at 35');
  expect(ledger.state.parts).toMatchObject([{ value: 45 }]);
});

test('however models follow, crossings lead from tier to tier', () => {
  const other = { ...full, engagement: full.engagement.map((one) => ({ ...one, points: one.points * 3, cap: null })) };
  fc.assert(
    fc.property(arriving, sizes, fc.integer({ min: 1, max: 29 }), (inputs, batches, place) => {
      const ledger = arrive(inputs.slice(0, place), batches);
      ledger.publish(other);
      arrive(inputs.slice(place), batches, ledger);
      let tier = 'none';
      for (const { kind, from, to } of inOrder(ledger.marks)) {
        if (kind !== 'tier') continue;
        expect(from).toBe(tier);
        tier = to;
      }
      expect(tier).toBe(ledger.state.tier);
      const anew = replayScore(other, ledger.inputs(), ledger.state.asOf ?? 0);
      expect(ledger.state).toEqual(anew.state);
    }),
    { numRuns: 300 },
  );
});

test('columns read as the state does', () => {
  fc.assert(
    fc.property(arriving, instant, (inputs, more) => {
      const { state } = replayScore(full, inputs, 100 * day);
      const asOf = state.asOf ?? 0;
      const before = scoreFrom(columnsOf(state, asOf), asOf + more);
      const { fit, blocked, ...now } = scoreAt({ ...full, silence: null }, state, asOf + more);
      expect(before.fit).toBe(fit);
      expect(before.engagement).toBeCloseTo(now.engagement, 9);
      expect(before.total).toBeCloseTo(blocked ? 0 : now.total, 9);
    }),
    { numRuns: 200 },
  );
});

test('an input that a rule fails at is noted, the rest counts', () => {
  const broken = modelOf({ engagement: [rule('page', 'page.viewed', 10), rule('click', 'email.clicked', 5)] });
  Object.assign(broken.engagement[1] ?? {}, { where: { url: { startsWith: 5 } } });
  const of = (at: number, type: string): ScoreInput => ({
    kind: 'event',
    at,
    seq: BigInt(at),
    type,
    properties: { url: '/' },
  });
  const tally = openTally(newScore(), []);
  for (const input of [of(1, 'page.viewed'), of(5, 'email.clicked'), of(7, 'page.viewed'), of(3, 'page.viewed')])
    countInput(tally, broken, input);
  expect(tally.entries.map(({ rule: by, at }) => `${by} ${at}`)).toEqual(['page 1', 'page 3', 'page 7']);
  expect(tally.failed).toEqual([{ at: 5, seq: 5n, reason: expect.any(String) }]);
  expect(tally.state.parts).toMatchObject([{ value: 30 }]);
});

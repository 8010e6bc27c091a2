import type { Json } from '../json';
import { allotFit, fitChange } from './allot-fit';
import type { EngagementRule, ResetRule, ScoreModel } from './model';
import { isLate } from './moments';
import { nextInstant } from './next-instant';
import { isByPerson, meaningsOf, meets, type TypeMeaning } from './rule-index';
import { countRule } from './rule-points';
import { settle } from './settle';
import { silencePoints, withSilence } from './silence';
import type { EntryOf, MarkOf, Scored, ScoreInput, ScoreState } from './state';
import { engagementAt, withPoints } from './worth';

type EventInput = Extract<ScoreInput, { kind: 'event' }>;
type FitInput = Extract<ScoreInput, { kind: 'fit' }>;
type GivenInput = Extract<ScoreInput, { kind: 'given' }>;

/**
 * Counts inputs into a copy of a state. Lists and records of the state are replaced, never written into, so the state
 * that it began with stays as it was.
 */
export class Counting {
  private readonly state: ScoreState;
  private readonly entries: EntryOf[] = [];
  private readonly marks: MarkOf[] = [];
  private readonly meanings: ReadonlyMap<string, TypeMeaning>;
  /** Where entries of fit were taken over that more of the same instant may follow: they count together. */
  private open: number | null = null;

  constructor(
    private readonly model: ScoreModel,
    state: ScoreState,
  ) {
    this.state = { ...state };
    this.meanings = meaningsOf(model);
  }

  take(input: ScoreInput): void {
    const { state } = this;
    const at = instantOf(input, state);
    if (input.kind !== 'fit' || at !== this.open) this.close();
    this.advance(at);
    const { quietSince } = state;
    const wasBlocked = state.blockedBy.length > 0;
    this.skipQuiet(at);
    if (!this.apply(input, at)) {
      state.quietSince = quietSince;
      return;
    }
    this.noteInstant(at, input);
    if (input.kind === 'fit') this.open = at;
    else this.settle(at, wasBlocked);
  }

  /** Lets time pass up to and with an instant. */
  advance(to: number): void {
    if (this.open !== to) this.close();
    for (let at = nextInstant(this.model, this.state, to); at !== null; at = nextInstant(this.model, this.state, to))
      this.pass(at);
  }

  /** The next single thing that time does; false where there is nothing more. */
  step(): boolean {
    const at = nextInstant(this.model, this.state, Infinity);
    if (at !== null) this.pass(at);
    return at !== null;
  }

  done(): Scored {
    this.close();
    return { state: this.state, entries: this.entries, marks: this.marks };
  }

  private close(): void {
    if (this.open !== null) this.settle(this.open, this.state.blockedBy.length > 0);
    this.open = null;
  }

  private settle(at: number, wasBlocked: boolean): void {
    for (const mark of settle(this.model, this.state, { at, wasBlocked })) this.marks.push(mark);
  }

  private pass(at: number): void {
    const { state, model } = this;
    const { silence } = model;
    if (silence && state.quietSince !== null && state.quietSince + silence.ms <= at) this.beSilent(silence.points, at);
    Object.assign(state, { asOf: at, asOfSeq: null });
    this.settle(at, state.blockedBy.length > 0);
  }

  private beSilent(atMost: number, at: number): void {
    const { state } = this;
    const points = silencePoints(atMost, engagementAt(state, at));
    if (points !== 0) {
      state.parts = withSilence(state, points, at);
      const entry = { kind: 'silence', axis: 'engagement', group: '', rule: 'silence' } as const;
      this.entries.push({ ...entry, points, lost: 0, at, seq: null });
    }
    state.quietSince = at;
  }

  /**
   * Periods in which silence had nothing to take are over all the same. Only where something counts at `at`: somebody
   * may still come later with something earlier.
   */
  private skipQuiet(at: number): void {
    const { state, model } = this;
    if (!model.silence || state.quietSince === null) return;
    state.quietSince += Math.max(0, Math.floor((at - state.quietSince) / model.silence.ms)) * model.silence.ms;
  }

  private apply(input: ScoreInput, at: number): boolean {
    if (input.kind === 'event') return this.takeEvent(input, at);
    if (input.kind === 'fields') return this.takeFields(input.contact, at);
    return input.kind === 'fit' ? this.takeFit(input) : this.takeGiven(input, at);
  }

  private noteInstant(at: number, input: ScoreInput): void {
    const { state } = this;
    if (input.kind === 'event') state.asOfSeq = String(input.seq);
    else if (state.asOf !== at) state.asOfSeq = null;
    state.asOf = at;
  }

  /** Points first: what a reset by the same event takes away, it takes with them. */
  private takeEvent({ type, properties, seq }: EventInput, at: number): boolean {
    const meaning = this.meanings.get(type);
    if (!meaning) return false;
    const byPerson = isByPerson(properties);
    let changed = false;
    for (const rule of meaning.rules) {
      const wanted = byPerson || (rule.where !== null && Object.hasOwn(rule.where, 'machine'));
      if (wanted && meets(rule.where, properties)) changed = this.takeRule(rule, at, seq) || changed;
    }
    for (const reset of meaning.resets) if (meets(reset.where, properties)) changed = this.takeReset(reset, at, seq);
    changed = this.lift(meaning.lifts) || changed;
    return (byPerson && this.hear(meaning, at)) || changed;
  }

  private hear({ endsSilence, isHuman }: TypeMeaning, at: number): boolean {
    if (endsSilence) this.state.quietSince = at;
    if (isHuman) this.state.lastHumanAt = at;
    return endsSilence || isHuman;
  }

  private takeRule(rule: EngagementRule, at: number, seq: bigint): boolean {
    const { state, model } = this;
    const { gained, memory } = countRule(model, state, { rule, at });
    if (memory) state.rules = { ...state.rules, [rule.id]: memory };
    if (!gained) return memory !== null;
    const { id, group, halfLifeMs } = rule;
    if (gained.points !== 0) state.parts = withPoints(state.parts, { group, halfLifeMs, at }, gained.points);
    state.quietSince ??= at;
    this.entries.push({ kind: 'rule', axis: 'engagement', rule: id, group, ...gained, at, seq });
    return true;
  }

  private takeReset({ id, until }: ResetRule, at: number, seq: bigint): boolean {
    const { state } = this;
    const points = 0 - engagementAt(state, at);
    this.entries.push({ kind: 'reset', axis: 'engagement', group: '', rule: id, points, lost: 0, at, seq });
    state.parts = [];
    state.given = { ...state.given, engagement: 0 };
    if (until !== null && !state.blockedBy.includes(id)) state.blockedBy = [...state.blockedBy, id];
    return true;
  }

  /** It counts also where nothing is blocked: a reset from before it may still come. */
  private lift(resets: readonly string[]): boolean {
    const { state } = this;
    if (state.blockedBy.length > 0) state.blockedBy = state.blockedBy.filter((id) => !resets.includes(id));
    return resets.length > 0;
  }

  private takeFields(contact: Record<string, Json>, at: number): boolean {
    const { state, model } = this;
    const change = fitChange(state.fit, allotFit(model, contact));
    if (!change) return false;
    state.fit = change.fit;
    for (const entry of change.entries) this.entries.push({ kind: 'fit', axis: 'fit', ...entry, at, seq: null });
    return true;
  }

  private takeFit({ group, rule, points }: FitInput): boolean {
    const { [group]: old, ...others } = this.state.fit;
    const now = (old?.points ?? 0) + points;
    this.state.fit = now === 0 ? others : { ...others, [group]: { rule, points: now } };
    return true;
  }

  private takeGiven({ axis, points }: GivenInput, at: number): boolean {
    const { state } = this;
    state.given = { ...state.given, [axis]: state.given[axis] + points };
    if (axis === 'engagement') state.quietSince ??= at;
    return true;
  }
}

/** What is known of somebody, or given, counts from now on at the earliest. */
function instantOf(input: ScoreInput, state: ScoreState): number {
  if (input.kind !== 'event') return Math.max(input.at, state.asOf ?? input.at);
  if (isLate(state, input)) throw new RangeError(`event ${input.seq} is earlier than what is counted: count anew`);
  return input.at;
}

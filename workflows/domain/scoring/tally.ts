import { advanceScore } from './advance';
import { columnsOf, scoreFrom } from './columns';
import type { ScoreModel } from './model';
import { byMoment, insertInput, isLate } from './moments';
import { newScore } from './new-score';
import { replayScore } from './replay';
import { takeScore } from './take-score';
import type { EntryOf, MarkOf, Scored, ScoreInput, ScoreState } from './state';

/** An input that the model's rules could not be asked about: it gave no points, and people see why. */
export interface FailedInput {
  at: number;
  seq: bigint | null;
  reason: string;
}

/** What the ledger is to forget before `entries` and `marks` are written: the model's own from an instant on. */
export interface Rewrite {
  from: number;
  /** Fit has been judged anew too. */
  fit: boolean;
  /** Crossings from then on; null: those that were noted stay, as history. */
  marksFrom: number | null;
}

/** One contact's score at work, and what there is to write of it. Changed in place. */
export interface Tally {
  state: ScoreState;
  /** All that it is made of, in order; null where nothing comes late. */
  inputs: ScoreInput[] | null;
  entries: EntryOf[];
  marks: MarkOf[];
  /** Crossings noted up to then are of another model: a late input adds what it changes, and rewrites none of them. */
  marksSince: number;
  failed: FailedInput[];
  rewrite: Rewrite | null;
  /** Late inputs, and what followed them, that are among `inputs` and wait to be counted together. */
  pending: Pending | null;
  /** Something was counted. */
  touched: boolean;
  recount: Recount | null;
}

/**
 * Why all is to be counted anew, later and elsewhere: something came `late`, records came together and are `stale`, or
 * nothing can be counted until then, `all` of it. In the first two cases what comes in order counts meanwhile.
 */
export type Recount = 'late' | 'stale' | 'all';

interface Pending {
  /** Instants of the first and the last of all that is to be counted. */
  from: number;
  to: number;
}

/** `inputs` where something may come late: all that `state` counts. */
export function openTally(state: ScoreState, inputs: ScoreInput[] | null): Tally {
  return {
    state,
    inputs,
    entries: [],
    marks: [],
    marksSince: -Infinity,
    failed: [],
    rewrite: null,
    pending: null,
    touched: false,
    recount: null,
  };
}

/**
 * Counts an input; a late one where it belongs, with all that came after it counted again. Answers the crossings to
 * tell of: of a late one the difference that it makes now. Never throws for what a rule does.
 */
export function countInput(tally: Tally, model: ScoreModel, input: ScoreInput): MarkOf[] {
  return [...putInput(tally, model, input), ...countPending(tally, model)];
}

/** The same, but a late one waits for `countPending`, since each would count the whole history again. */
export function putInput(tally: Tally, model: ScoreModel, input: ScoreInput): MarkOf[] {
  if (tally.recount === 'all') return [];
  if (input.kind === 'event' && (tally.pending || isLate(tally.state, input))) {
    postpone(tally, input);
    return [];
  }
  return [...countPending(tally, model), ...countNext(tally, model, input)];
}

function countNext(tally: Tally, model: ScoreModel, input: ScoreInput): MarkOf[] {
  const counted = { ...input, at: instantOf(tally.state, input) };
  if (tally.inputs) insertInput(tally.inputs, counted);
  return add(tally, take(model, tally.state, counted));
}

/**
 * When an input counts. What is known of somebody, or given, counts after all that is counted already: of one instant
 * a count from scratch could not tell which came first.
 */
export function instantOf({ asOf }: ScoreState, { kind, at }: ScoreInput): number {
  return kind === 'event' || asOf === null || at > asOf ? at : asOf + 1;
}

/** What time alone has changed until then. */
export function countTime(tally: Tally, model: ScoreModel, to: number): MarkOf[] {
  return add(tally, { ...advanceScore(model, tally.state, to), failed: [] });
}

/** Where somebody stood, as far as a change of it is told. */
export type Before = Pick<ScoreState, 'tier' | 'ready' | 'above'>;

/** Counts everything from the start, up to an instant. Answers the difference to what was. */
export function countAnew(
  tally: Tally,
  model: ScoreModel,
  { inputs, to, before, rewrite }: { inputs: ScoreInput[]; to: number; before: Before; rewrite: Rewrite },
): MarkOf[] {
  const { state, entries, marks, failed } = replay(model, inputs, to);
  const net = difference(before, state, to);
  Object.assign(tally, { state, inputs, entries, failed, rewrite, touched: true });
  tally.marks = rewrite.marksFrom === null ? net : marks;
  if (rewrite.marksFrom === null) tally.marksSince = to;
  return net;
}

/** Where inputs lead that all came by an instant. */
export function stateAt(model: ScoreModel, inputs: readonly ScoreInput[], to: number): ScoreState {
  return replay(model, inputs, to).state;
}

function postpone(tally: Tally, input: ScoreInput): void {
  const { inputs, state, pending } = tally;
  if (!inputs) {
    Object.assign(tally, { recount: tally.recount ?? 'late', touched: true });
    return;
  }
  insertInput(inputs, input);
  const { from, to } = pending ?? { from: input.at, to: state.asOf ?? input.at };
  tally.pending = { from: Math.min(from, input.at), to: Math.max(to, input.at) };
}

/** Counts the late inputs that wait, all at once. Answers the difference that they make. */
export function countPending(tally: Tally, model: ScoreModel): MarkOf[] {
  const { inputs, state: before, rewrite, pending } = tally;
  if (!pending || !inputs) return [];
  const made = replay(model, inputs, pending.to);
  const net = difference(before, made.state, pending.to);
  tally.entries = since(tally.entries, made.entries, pending.from);
  tally.failed = since(tally.failed, made.failed, pending.from);
  const marksFrom = countMarks(tally, { pending, net, marks: made.marks });
  const from = Math.min(rewrite?.from ?? Infinity, pending.from);
  tally.rewrite = { from, fit: rewrite?.fit ?? false, marksFrom };
  Object.assign(tally, { state: made.state, pending: null, touched: true });
  return net;
}

/** What is before them comes out as it was, so that of an earlier batch nothing needs to be written again. */
function since<T extends { at: number }>(kept: readonly T[], again: readonly T[], from: number): T[] {
  return [...kept.filter(({ at }) => at < from), ...again.filter(({ at }) => at >= from)];
}

/** What is noted of a late input's crossings. Answers from when on others are to be forgotten; null: from none. */
function countMarks(
  tally: Tally,
  { pending: { from, to }, net, marks }: { pending: Pending; net: readonly MarkOf[]; marks: readonly MarkOf[] },
): number | null {
  const before = tally.rewrite?.marksFrom ?? null;
  if (from > tally.marksSince) {
    tally.marks = since(tally.marks, marks, from);
    return before === null ? from : Math.min(before, from);
  }
  tally.marks.push(...net);
  tally.marksSince = to;
  return before;
}

type Counted = Scored & { failed: FailedInput[] };

function add(tally: Tally, { state, entries, marks, failed }: Counted): MarkOf[] {
  tally.state = state;
  tally.entries.push(...entries);
  tally.marks.push(...marks);
  tally.failed.push(...failed);
  tally.touched = true;
  return marks;
}

function take(model: ScoreModel, state: ScoreState, input: ScoreInput): Counted {
  try {
    return { ...takeScore(model, state, input), failed: [] };
  } catch (error) {
    const seq = input.kind === 'event' ? input.seq : null;
    const reason = error instanceof Error ? error.message.slice(0, 200) : 'unknown error';
    return { state, entries: [], marks: [], failed: [{ at: input.at, seq, reason }] };
  }
}

function replay(model: ScoreModel, inputs: readonly ScoreInput[], to: number): Counted {
  try {
    return { ...replayScore(model, inputs, to), failed: [] };
  } catch {
    return replayEach(model, inputs, to);
  }
}

/** Slower, and goes on after an input that a rule fails at. */
function replayEach(model: ScoreModel, inputs: readonly ScoreInput[], to: number): Counted {
  const tally = openTally(newScore(), null);
  for (const input of [...inputs].sort(byMoment)) add(tally, take(model, tally.state, input));
  countTime(tally, model, to);
  return tally;
}

/** Crossings that lead from what was to what is, each once however often it went to and fro. */
export function difference(before: Before, state: ScoreState, at: number): MarkOf[] {
  const { fit, engagement, total, tier } = scoreFrom(columnsOf(state, state.asOf ?? at), at);
  const now = { fit, engagement, total, at };
  const lost = before.above.filter((threshold) => !state.above.includes(threshold));
  const won = state.above.filter((threshold) => !before.above.includes(threshold));
  return [
    ...(before.tier === tier ? [] : [{ kind: 'tier' as const, from: before.tier, to: tier, ...now }]),
    ...lost.map((one) => ({ kind: 'threshold' as const, from: `${one}`, to: `below ${one}`, ...now })),
    ...won.map((one) => ({ kind: 'threshold' as const, from: `below ${one}`, to: `${one}`, ...now })),
    ...(before.ready === state.ready ? [] : [{ kind: 'ready' as const, ...yesNo(state.ready), ...now }]),
  ];
}

function yesNo(is: boolean): { from: string; to: string } {
  return is ? { from: 'no', to: 'yes' } : { from: 'yes', to: 'no' };
}

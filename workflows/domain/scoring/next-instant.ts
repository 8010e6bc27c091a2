import { firstChange, turnsOf, type Term } from './crossing';
import type { ScoreModel } from './model';
import { exitBelow, rankOf } from './standing';
import type { ScoreState } from './state';
import { engagementAt, totalAt, worthOf } from './worth';

/**
 * The first instant after `state.asOf`, up to `to`, at which time alone changes something: a period of silence ends,
 * a tier's dwell, the time a behaviour counts for readiness, or points decay across a line. Null where there is none.
 */
export function nextInstant(model: ScoreModel, state: ScoreState, to: number): number | null {
  if (state.asOf === null) return null;
  let next = Infinity;
  if (model.silence && state.quietSince !== null)
    next = nextSilence(state, { ms: model.silence.ms, since: state.quietSince, to });
  if (state.lowSince !== null) next = Math.min(next, state.lowSince + model.tiers.dwellMs);
  if (state.ready && state.lastHumanAt !== null) next = Math.min(next, state.lastHumanAt + model.ready.humanMs);
  const crossing = nextCrossing(model, state, Math.min(next, to));
  next = Math.min(next, crossing ?? Infinity);
  return next <= to && next < Infinity ? next : null;
}

/** So many periods without anything to take are looked through at a time. */
const MOST_PERIODS = 1000;

/** The end of the next period that has something to take: the others pass without a trace. */
function nextSilence(state: ScoreState, { ms, since, to }: { ms: number; since: number; to: number }): number {
  if (isIdle(state)) return Infinity;
  let at = since + ms;
  for (let periods = 1; engagementAt(state, at) <= 0 && at <= to; periods += 1, at += ms)
    if (periods === MOST_PERIODS) return to === Infinity ? Infinity : at;
  return at;
}

/** Nothing is there to be taken, and time alone will not change that. */
function isIdle({ parts, given }: ScoreState): boolean {
  let stays = given.engagement;
  for (const { halfLifeMs, value } of parts) {
    if (halfLifeMs === null) stays += value;
    else if (value > 0) return false;
  }
  return stays <= 0;
}

function decaying({ parts }: ScoreState): ScoreState['parts'] {
  return parts.filter(({ halfLifeMs, value }) => halfLifeMs !== null && value !== 0);
}

/** After this many half-lives nothing is left that a number could show. */
const ALL_GONE = 1100;

function nextCrossing(model: ScoreModel, state: ScoreState, to: number): number | null {
  const from = state.asOf ?? 0;
  const parts = decaying(state);
  if (parts.length === 0 || state.blockedBy.length > 0 || to <= from) return null;
  if (to < Infinity && onlyFalls(parts) && totalAt(state, to) >= nextLineBelow(model, state)) return null;
  const terms = parts.map((part) => ({ value: worthOf(part, from), halfLifeMs: part.halfLifeMs ?? Infinity }));
  const longest = Math.max(...terms.map(({ halfLifeMs }) => halfLifeMs));
  const end = Math.min(to, Math.ceil(from + longest * ALL_GONE));
  const lines = linesOf(model, state);
  for (const [start, stop] of stretches(terms, from, end)) {
    const found = lines.flatMap((line) => firstChange((at) => totalAt(state, at) >= line, start, stop) ?? []);
    if (found.length > 0) return Math.min(...found);
  }
  return null;
}

function onlyFalls(parts: ScoreState['parts']): boolean {
  return parts.every(({ value }) => value > 0);
}

/** The total at and above which falling crosses nothing. */
function nextLineBelow({ tiers }: ScoreModel, { above, lowSince, tier }: ScoreState): number {
  return Math.max(above.at(-1) ?? -Infinity, lowSince === null ? exitBelow(tiers, tier) : -Infinity);
}

/** Totals whose crossing changes something, given where the score stands. */
function linesOf({ thresholds, tiers }: ScoreModel, { tier }: ScoreState): number[] {
  const higher = (['low', 'medium', 'high'] as const).filter((name) => rankOf(name) > rankOf(tier));
  const out = exitBelow(tiers, tier);
  return [...thresholds, ...higher.map((name) => tiers[name]), ...(Number.isFinite(out) ? [out] : [])];
}

/** In each of them the total only rises or only falls. */
function stretches(terms: readonly Term[], from: number, to: number): [number, number][] {
  const turns = turnsOf(terms, to - from).map((turn) => from + Math.round(turn));
  const edges = [from, ...turns.filter((turn) => turn > from && turn < to), to];
  return edges.slice(1).map((stop, place) => [edges[place] ?? from, stop]);
}

import type { Json, JsonObject } from '../json';
import type { Axis } from './model';
import type { Tier } from './tiers';

/** What a score is made of, in the order of `at`; of one instant in the order given. Instants are epoch milliseconds. */
export type ScoreInput =
  | { kind: 'event'; at: number; seq: bigint; type: string; properties: JsonObject }
  /** The fields as they are from then on: `traits` among them. */
  | { kind: 'fields'; at: number; contact: Record<string, Json> }
  /** What the ledger says of fit already, entry by entry: replays take fit from there. */
  | { kind: 'fit'; at: number; group: string; rule: string; points: number }
  /** Points of a journey's step or by hand. */
  | { kind: 'given'; at: number; axis: Axis; points: number; rule: string };

/** All that the next input depends on: plain JSON, of bounded size however much happened. */
export interface ScoreState {
  /** Of the last thing that changed anything; null before the first. Time that changes nothing leaves it alone. */
  asOf: number | null;
  /** `seq` of the last event counted at that very instant, as text; null where there was none. */
  asOfSeq: string | null;
  /** By group of fit rules, what counts now. */
  fit: Record<string, { rule: string; points: number }>;
  /** Given by steps and by hand, on each axis. */
  given: { fit: number; engagement: number };
  /** Engagement by group and half-life: what it was worth at `at`. */
  parts: { group: string; halfLifeMs: number | null; value: number; at: number }[];
  /**
   * By rule: points so far without sign (for its cap), instants that it counted (for `per`) and of such events (for
   * `within`). Only of rules that ask for one of them.
   */
  rules: Record<string, { points: number; counted: number[]; seen: number[] }>;
  /** Since when nobody heard of them, for silence: the last event that ends it, or the last period that was counted. */
  quietSince: number | null;
  lastHumanAt: number | null;
  /** Ids of the resets that block the score; none: it is not blocked. */
  blockedBy: string[];
  tier: Tier;
  tierSince: number | null;
  /** Since when the number has been low enough to fall. */
  lowSince: number | null;
  ready: boolean;
  /** The thresholds that the total is at or above. */
  above: number[];
}

/** A line of the ledger. */
export interface EntryOf {
  kind: 'rule' | 'fit' | 'silence' | 'reset';
  axis: Axis;
  group: string;
  rule: string;
  points: number;
  /** Points that a cap kept away. */
  lost: number;
  at: number;
  seq: bigint | null;
}

/** A crossing. `from` and `to` are tiers, `no`/`yes` for ready and blocked, `below 75`/`75` for a threshold. */
export interface MarkOf {
  kind: 'tier' | 'threshold' | 'ready' | 'blocked';
  from: string;
  to: string;
  total: number;
  fit: number;
  engagement: number;
  at: number;
}

/** What an input, or time alone, makes of a state. */
export interface Scored {
  state: ScoreState;
  entries: EntryOf[];
  marks: MarkOf[];
}

import type { Condition, Where } from '../conditions/condition';
import type { Tier } from './tiers';

export type Axis = 'fit' | 'engagement';

/**
 * How points are given, as compiled from a published document. All periods are elapsed milliseconds: a day is 24 hours
 * and a month 30 days, so that a score is the same in every zone.
 */
export interface ScoreModel {
  /** In order: of each group the first that holds gives its points. */
  fit: readonly FitRule[];
  engagement: readonly EngagementRule[];
  resets: readonly ResetRule[];
  caps: Caps;
  silence: Silence | null;
  tiers: Tiers;
  grid: Grid;
  ready: Readiness;
  /** Totals whose crossing is told, in either direction, ascending. */
  thresholds: readonly number[];
}

export interface FitRule {
  id: string;
  /** Of rules of one group the first that holds counts. */
  group: string;
  /** About fields alone. */
  when: Condition;
  points: number;
}

export interface EngagementRule {
  id: string;
  /** What is capped and decays together. */
  group: string;
  /** Event types; a group is spelled out. */
  types: readonly string[];
  where: Where | null;
  points: number;
  /** Counts from the n-th such event within the period on, the n-th included. */
  within: { times: number; ms: number } | null;
  /** Counts at most so often within the period; `ms` null: ever. */
  per: { max: number; ms: number | null } | null;
  /** Points that this rule gives at most, all together (without sign). */
  cap: number | null;
  /** Null: points stay. */
  halfLifeMs: number | null;
}

/** An event that takes all points of engagement, and blocks the score where it says until which event. */
export interface ResetRule {
  id: string;
  types: readonly string[];
  where: Where | null;
  /** Event types; until one comes the total reads 0. Null: it does not block. */
  until: readonly string[] | null;
}

/** Null: no limit. They limit what can be reached; points below 0 are not limited. */
export interface Caps {
  fit: number | null;
  engagement: number | null;
  /** By group of engagement rules. */
  groups: Readonly<Record<string, number>>;
}

/** Points for every full period without any of these events made by a person; engagement never falls below 0 by it. */
export interface Silence {
  ms: number;
  points: number;
  types: readonly string[];
}

/** From how many points on somebody is in a tier. Somebody falls only when below by `slack`, for `dwellMs` on end. */
export interface Tiers {
  low: number;
  medium: number;
  high: number;
  slack: number;
  dwellMs: number;
}

/** Names by the least points, highest first: A1 is the best of both. Below all: the letter or number after the last. */
export interface Grid {
  fit: readonly number[];
  engagement: readonly number[];
}

/** Ready for sales: all of it at once. */
export interface Readiness {
  tier: Tier;
  fit: number;
  /** A person must have done something this long ago at most. */
  humanMs: number;
  /** What counts as something done. */
  types: readonly string[];
}

import type { Condition, Where } from '../domain/conditions/condition';
import type { Reentry } from '../domain/entry';
import type { Json } from '../domain/json';

/**
 * A journey compiled for running: flat, every `next` named, durations and groups as the author wrote them.
 * Plain JSON, stored with the version and loaded once per run.
 */
export interface Graph {
  journey: string;
  name: string;
  topic: string;
  priority: number;
  first: string;
  steps: Record<string, GraphStep>;
  entries: GraphEntry[];
  reentry: Reentry;
  unless?: Condition;
  exits: GraphExit[];
  /** Whether the default exits of the settings hold too. */
  defaultExits: boolean;
}

export type GraphStep = EmailStep | WaitStep | BranchStep | ExitStep;
export type StepKind = GraphStep['kind'];
export type StepOf<K extends StepKind> = Extract<GraphStep, { kind: K }>;

export interface EmailStep {
  id: string;
  kind: 'email';
  if?: Condition;
  template: string;
  /** Pinned when the journey is published. */
  templateVersionId?: string;
  /** `at-once`: what the person just asked for; no window, no cap. */
  send?: 'at-once';
  /** Values for the template; `{entry: path}` stands for the entry event's property. */
  with?: Record<string, Json>;
  next: string;
}

export interface WaitStep {
  id: string;
  kind: 'wait';
  if?: Condition;
  /** `2 days`, `90 minutes`, `3 working days`; without `for` and `until` the wait ends by a behaviour only. */
  for?: string;
  until?: Until;
  on: Awaited[];
  next: string;
}

export type Until =
  | { day: number; at: string }
  | { date: string; at?: string }
  | { field: string; at?: string }
  | { weekday: string; at: string };

/** A behaviour that ends a wait. */
export interface Awaited {
  /** An event type or an event group. */
  event: string;
  /** Step ids of messages it must be about, spelled out (`journey` is resolved); empty for any event. */
  of: string[];
  where?: Where;
  /** `entry` or a period: widens the look-back. */
  since?: string;
  next: string;
}

export interface BranchStep {
  id: string;
  kind: 'branch';
  if?: Condition;
  cases: { when: Condition; next: string }[];
  else: string;
}

export interface ExitStep {
  id: string;
  kind: 'exit';
  outcome: string;
}

export interface GraphEntry {
  event: string;
  where?: Where;
}

export interface GraphExit {
  event: string;
  where?: Where;
  outcome: string;
}

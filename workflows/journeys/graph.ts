import type { Condition, Where } from '../domain/conditions/condition';
import type { Reentry } from '../domain/entry';
import type { Json, JsonObject } from '../domain/json';
import type { Window } from '../domain/timing/window';

/**
 * A journey compiled for running: flat, every `next` named, durations as the author wrote them. Where an event is a
 * group of the settings, `types` has what it stands for. Plain JSON, stored with the version and loaded once per run.
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
  /** When its messages may leave; `any`: at any time, also outside the window of the settings. */
  window?: Window | 'any';
  /** Over how long the messages that are due when a window opens are spread. */
  spread?: string;
}

export type GraphStep =
  | EmailStep
  | MessageStep
  | NotifyStep
  | WaitStep
  | BranchStep
  | SplitStep
  | RepeatStep
  | UpdateStep
  | ScoreStep
  | TaskStep
  | EnrollStep
  | ExitStep;
export type StepKind = GraphStep['kind'];
export type StepOf<K extends StepKind> = Extract<GraphStep, { kind: K }>;

/** What the messages to a contact have in common. */
interface Sending {
  /** `at-once`: what the person just asked for; no window, no cap. */
  send?: 'at-once';
  /** What becomes of it where a cap leaves no place: it waits, unless this says that it is skipped. */
  ifCapped?: 'wait' | 'skip';
  /** Instead of the journey's. */
  window?: Window | 'any';
  /** Values for the template; `{entry: path}` stands for the entry event's property. */
  with?: Record<string, Json>;
}

export interface EmailStep extends Sending {
  id: string;
  kind: 'email';
  if?: Condition;
  template: string;
  /** Pinned when the journey is published. */
  templateVersionId?: string;
  /** `owner` and keys of senders: the first that exists is the sender. */
  from?: string[];
  next: string;
}

export type MessageChannel = 'sms' | 'chat' | 'in-app' | 'webhook';

/** A message on another channel. Its texts are Liquid. */
export interface MessageStep extends Sending {
  id: string;
  kind: 'message';
  if?: Condition;
  via: MessageChannel;
  /** Key of the endpoint that it goes to: chat and webhook. */
  to?: string;
  /** What a webhook is about; without it, it carries the contact's public fields and `with`. */
  preset?: 'audience-add' | 'audience-remove' | 'direct-mail';
  title?: string;
  text?: string;
  url?: string;
  next: string;
}

/** Tells staff; it has no deadline. */
export interface NotifyStep {
  id: string;
  kind: 'notify';
  if?: Condition;
  /** `owner`, or the key of a team. */
  to: string;
  via: ('email' | 'chat' | 'sms')[];
  text: string;
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
  types?: string[];
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

/** An experiment's fork: each contact is in one arm, for good. */
export interface SplitStep {
  id: string;
  kind: 'split';
  if?: Condition;
  arms: SplitArm[];
  /** Where those go on that its `if` passes by. */
  next: string;
}

export interface SplitArm {
  name: string;
  /** Its share, among the weights of all arms. */
  weight: number;
  /** Kept out of what is tried, to compare with. */
  holdout?: boolean;
  next: string;
}

/** Goes back to an earlier step, at most `times` times; then on. The one way back there is. */
export interface RepeatStep {
  id: string;
  kind: 'repeat';
  if?: Condition;
  from: string;
  times: number;
  next: string;
}

export interface UpdateStep {
  id: string;
  kind: 'update';
  if?: Condition;
  /** Field → value; null empties it, `{entry: path}` is the entry event's property. */
  set: JsonObject;
  tags: { add: string[]; remove: string[] };
  next: string;
}

export interface ScoreStep {
  id: string;
  kind: 'score';
  if?: Condition;
  points: number;
  axis: 'fit' | 'engagement';
  reason: string;
  next: string;
}

export type TaskType = 'call' | 'email' | 'linkedin' | 'custom';

/** A to-do for a rep. Title and note are Liquid. */
export interface TaskStep {
  id: string;
  kind: 'task';
  if?: Condition;
  type: TaskType;
  /** `owner`, or the key of a team. */
  to: string;
  title: string;
  note?: string;
  /** In working time: `4 hours`, `1 working day`. */
  due?: string;
  next: string;
}

/** Asks another journey to take the contact; its own entry rules hold. */
export interface EnrollStep {
  id: string;
  kind: 'enroll';
  if?: Condition;
  journey: string;
  /** Properties for the other journey, besides those of this one's entry event. */
  with?: Record<string, Json>;
  next: string;
}

export interface ExitStep {
  id: string;
  kind: 'exit';
  outcome: string;
  /** The journey that is asked to take the contact next; its own entry rules hold. */
  into?: string;
  /** Properties for that journey, besides those of this one's entry event. */
  with?: Record<string, Json>;
}

export type GraphEntry =
  /** An event; with `times` and `within` only when it has come that often. */
  | { kind: 'event'; event: string; types?: string[]; where?: Where; times?: number; within?: string }
  /** A condition that turns true. */
  | { kind: 'becomes'; condition: Condition }
  | { kind: 'segment'; segment: string }
  /** Everybody whom the condition holds for, at these instants. */
  | { kind: 'schedule'; schedule: EntrySchedule; who: Condition };

/** When a journey takes people in. Times are local to `zone`, or to the zone of the settings. */
export type EntrySchedule =
  | { once: string; zone?: string }
  | { every: 'day'; at: string; zone?: string }
  | { every: 'week'; weekday: string; at: string; zone?: string }
  /** A day that a month does not have is its last. */
  | { every: 'month'; day: number; at: string; zone?: string };

/** Ends the journey from anywhere, or sends it on to `next`: that once in an enrollment. */
export type GraphExit = { event: string; types?: string[]; where?: Where } & ({ outcome: string } | { next: string });

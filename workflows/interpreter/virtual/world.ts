import type { Wake } from '../../contract/messages';
import type { Ahead, EnrollmentStatus, VisitOutcome } from '../../contract/visits';
import type { Segments } from '../../domain/conditions/condition';
import type { Json, JsonObject } from '../../domain/json';
import type { Channel } from '../../domain/sending/channel';
import type { PeopleRules } from '../../domain/people/normalise';
import type { Origins } from '../../domain/people/origins';
import type { ScoreModel } from '../../domain/scoring/model';
import { plainModel } from '../../domain/scoring/plain-model';
import type { SendState } from '../../domain/sending/state';
import type { SendingSettings } from '../../domain/sending/rules';
import { officeHours, type WorkingHours } from '../../domain/timing/working-time';
import type { Rep, Team } from '../../domain/staff';
import type { Diversion } from '../../domain/visits/diversion';
import type { RenderText } from '../../domain/tasks/render-text';
import type { AwaitedBehaviour } from '../../domain/visits/look-back';
import type { Graph, TaskType } from '../../journeys/graph';
import type { ContactScore } from './contact-score';

// The rows of one small world, named as in the database. Instants are epoch milliseconds.

export interface ContactRow {
  id: string;
  /** Standard fields by name, `traits` among them. */
  fields: Record<string, Json>;
  origins?: Origins;
  /** None while nothing was counted. */
  score?: ContactScore;
  lastTurn: bigint;
  /** Turned out to be this other contact. */
  mergedInto?: string;
}

export interface EventRow {
  seq: bigint;
  origin: string;
  messageId: string;
  type: string;
  keys: readonly string[];
  properties: JsonObject;
  traits: JsonObject;
  receivedAt: number;
  sendId: string | null;
  /** Null until processed. */
  turn: bigint | null;
  contactId: string | null;
}

export interface EnrollmentRow {
  id: string;
  journeyKey: string;
  versionId: string;
  contactId: string;
  status: EnrollmentStatus;
  attention: { code: string; visit: number; since: number } | null;
  visit: number;
  stepId: string | null;
  /** Where a move put it between two visits. */
  ahead?: Ahead | null;
  leaving: string | null;
  leavingCause: Json;
  diverted: Diversion | null;
  outcome: string | null;
  cause: Json;
  mark: bigint;
  entry: JsonObject;
  enteredAt: number;
  endedAt: number | null;
  fastForwarded: boolean;
  /** The older run of the same journey that it made way for, when their records were made one. */
  yieldedTo?: string;
}

export interface VisitRow {
  enrollmentId: string;
  visit: number;
  stepId: string;
  kind: string;
  arrivedAt: number;
  deadline: number | null;
  look: bigint;
  mark: bigint;
  outcome: VisitOutcome | null;
  winnerSeq: bigint | null;
  leftAt: number | null;
}

export interface SubscriptionRow extends Pick<AwaitedBehaviour, 'slot' | 'types' | 'of' | 'where'> {
  enrollmentId: string;
  visit: number;
  contactId: string;
  deadline: number | null;
}

export interface SendRow {
  id: string;
  enrollmentId: string;
  visit: number;
  stepId: string;
  contactId: string;
  channel: Channel;
  /** Null where the step has its text itself. */
  template: string | null;
  class: string;
  topic: string;
  state: SendState;
  reason: string | null;
  address: string | null;
  attemptId: string | null;
  begun: number;
  begunAt: number | null;
  mayResend: boolean;
  deferredUntil: number | null;
  claimedAt: number | null;
  settledAt: number | null;
}

export interface HoldRow {
  id: string;
  scope: 'system' | 'journey' | 'step' | 'contact' | 'enrollment';
  journeyKey?: string;
  stepId?: string;
  contactId?: string;
  enrollmentId?: string;
  liftedAt: number | null;
  spreadMs: number;
}

export interface SuppressionRow {
  /** Of mail unless said otherwise. */
  channel?: Channel;
  address: string;
  scope: string;
  reason: string;
  /** When it was last said, epoch milliseconds; what has no date is ended by nothing. */
  at?: number;
}

export interface DecisionRow {
  enrollmentId: string;
  visit: number;
  stepId: string | null;
  kind: string;
  ordinal: number;
  outcome: string;
  reason: string;
  at: number;
}

/** Points that a step gave. */
export interface ScoreRow {
  enrollmentId: string;
  visit: number;
  contactId: string;
  axis: 'fit' | 'engagement';
  rule: string;
  points: number;
  at: number;
}

export interface TaskRow {
  enrollmentId: string;
  visit: number;
  stepId: string;
  contactId: string;
  type: TaskType;
  owner: string | null;
  team: string | null;
  title: string;
  note: string | null;
  dueAt: number | null;
}

/** The arm of a split that a contact is in. */
export interface ExposureRow {
  journeyKey: string;
  stepId: string;
  contactId: string;
  /** The one that it was drawn in. */
  enrollmentId: string;
  arm: string;
  holdout: boolean;
  at: number;
}

/** A wake-up owed to a workflow. */
export interface DispatchRow extends Wake {
  enrollmentId: string;
  kind: 'wake' | 'released';
}

export interface WorldSettings extends SendingSettings, PeopleRules {
  unknownSends: 'proceed' | 'hold';
  reps: readonly Rep[];
  teams: readonly Team[];
  defaultZone: string;
  workingHours: WorkingHours;
  defaultExits: readonly string[];
  /** The saved ones; built-in ones are known. */
  segments: Segments;
}

/** One small world in memory, changed in place by the steps of its store. */
export interface World {
  /** The clock of the database. */
  now: number;
  settings: WorldSettings;
  graphs: Map<string, Graph>;
  /** By template version id; marketing where it is not named. */
  classes: Map<string, 'marketing' | 'transactional'>;
  contacts: ContactRow[];
  /** Identity key → contact id. */
  identities: Map<string, string>;
  events: EventRow[];
  enrollments: EnrollmentRow[];
  visits: VisitRow[];
  subscriptions: SubscriptionRow[];
  sends: SendRow[];
  holds: HoldRow[];
  suppressions: SuppressionRow[];
  decisions: DecisionRow[];
  dispatches: DispatchRow[];
  scores: ScoreRow[];
  scoreModel: ScoreModel;
  tasks: TaskRow[];
  exposures: ExposureRow[];
  /** Makes an author's Liquid into one person's text; the Liquid itself where nobody said how. */
  renderText: RenderText;
  /** A transport that refuses us → until when it is left alone. */
  circuits: Map<string, { reason: string; retryAt: number; openedAt: number }>;
  lastSeq: bigint;
  lastTurn: bigint;
}

export const plainSettings: WorldSettings = {
  frequencyCaps: [],
  minimumGap: null,
  quietHours: null,
  defaultWindow: null,
  holidays: null,
  spread: null,
  unknownSends: 'proceed',
  reps: [],
  teams: [],
  defaultZone: 'UTC',
  workingHours: officeHours,
  defaultExits: ['meeting-booked', 'replied', 'customer', 'unsubscribed', 'handoff-accepted'],
  segments: {},
  traits: [],
  industries: [],
};

export function emptyWorld(now: number, settings: Partial<WorldSettings> = {}): World {
  return {
    now,
    settings: { ...plainSettings, ...settings },
    graphs: new Map(),
    classes: new Map(),
    contacts: [],
    identities: new Map(),
    events: [],
    enrollments: [],
    visits: [],
    subscriptions: [],
    sends: [],
    holds: [],
    suppressions: [],
    decisions: [],
    dispatches: [],
    scores: [],
    scoreModel: plainModel,
    tasks: [],
    exposures: [],
    renderText: (source) => source,
    circuits: new Map(),
    lastSeq: 0n,
    lastTurn: 0n,
  };
}

export function graphOf({ graphs }: World, versionId: string): Graph {
  const graph = graphs.get(versionId);
  if (!graph) throw new Error(`no version ${versionId}`);
  return graph;
}

/** The row with this id. Throws where there is none: the caller made it up. */
export function mustFind<T extends { id: string }>(rows: readonly T[], id: string): T {
  const row = rows.find((one) => one.id === id);
  if (!row) throw new Error(`nothing has the id ${id}`);
  return row;
}

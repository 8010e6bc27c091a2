import type { Diversion } from '../../../workflows/domain/visits/diversion';
import type { JsonObject } from '../../../workflows/domain/json';
import type { VisitOutcome } from '../../../workflows/contract/visits';

export interface Win {
  enrollmentId: string;
  visit: number;
  outcome: VisitOutcome;
  winnerSeq: bigint;
  mark: bigint;
  at: number;
}

export interface Leave {
  enrollmentId: string;
  outcome: string;
  cause: JsonObject;
}

export interface Sent {
  enrollmentId: string;
  diversion: Diversion;
}

export interface Entry {
  id: string;
  journeyKey: string;
  versionId: string;
  contactId: string;
  n: number;
  entryKey: string;
  turn: bigint;
  properties: JsonObject;
  hops: number;
  at: number;
}

export interface DecisionRow {
  id: string;
  contactId: string;
  enrollmentId: string | null;
  journeyKey: string;
  stepId: string | null;
  visit: number;
  kind: 'entry' | 'exit' | 'diversion' | 'wait';
  outcome: string;
  reason: string;
  inputs: JsonObject;
  at: number;
}

/** A fact that follows from an event; its message id makes it exist once. */
export interface InsideEvent {
  messageId: string;
  type: string;
  contactId: string;
  properties: JsonObject;
  hops: number;
  /** When it happened, epoch milliseconds; now, unless it says so. */
  at?: number;
}

/** That a watched condition turned. */
export interface Turn {
  key: string;
  contactId: string;
  holds: boolean;
  /** Epoch milliseconds. */
  at: number;
}

export interface DispatchRow {
  enrollmentId: string;
  workflowId: string;
  kind: 'start' | 'wake';
  visit: number | null;
  outcome: VisitOutcome | 'leave' | null;
}

/** What a contact agreed to, or took back. */
export interface ConsentRow {
  contactId: string;
  channel: string;
  topic: string;
  state: 'given' | 'withdrawn';
  text: string | null;
  source: string | null;
  eventSeq: bigint | null;
  /** Epoch milliseconds. */
  at: number;
}

/** An opt-out that a later consent ends. */
export interface Lift {
  addressHash: string;
  scope: string;
}

/** What folding one contact's events writes. Dispatch rows are in the order in which they must be delivered. */
export interface Changes {
  profile: boolean;
  wins: Win[];
  leaves: Leave[];
  diversions: Sent[];
  entries: Entry[];
  decisions: DecisionRow[];
  inside: InsideEvent[];
  consents: ConsentRow[];
  lifts: Lift[];
  /** In the order in which they happened. */
  turns: Turn[];
  dispatch: DispatchRow[];
}

export function noChanges(): Changes {
  return {
    profile: false,
    wins: [],
    leaves: [],
    diversions: [],
    entries: [],
    decisions: [],
    inside: [],
    consents: [],
    lifts: [],
    turns: [],
    dispatch: [],
  };
}

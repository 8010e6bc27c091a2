import type { JsonObject } from '../../../workflows/domain/json';
import type { Where } from '../../../workflows/domain/conditions/condition';
import type { Graph } from '../../../workflows/journeys/graph';

/** An event at its turn. Instants are epoch milliseconds. */
export interface TurnedEvent {
  seq: bigint;
  turn: bigint;
  origin: string;
  type: string;
  properties: JsonObject;
  traits: JsonObject;
  context: JsonObject;
  fromBrowser: boolean;
  receivedAt: number;
  hops: number;
  /** The message it is about. */
  about: { enrollmentId: string; stepId: string } | null;
  /** The address in its traits is a key of this contact, and of nobody else. */
  ownsAddress: boolean;
}

/** Standard fields by name, custom ones in `traits`. */
export interface Profile {
  fields: Record<string, string | boolean | null>;
  traits: JsonObject;
}

export interface Enrolled {
  id: string;
  journeyKey: string;
  versionId: string;
  n: number;
  entryKey: string;
  finished: boolean;
  leaving: string | null;
  visit: number;
  stepId: string | null;
  endedAt: number | null;
}

/** A behaviour that an open visit waits for; slot −1 only knocks. */
export interface Subscription {
  enrollmentId: string;
  visit: number;
  slot: number;
  stepId: string;
  types: string[];
  ofSteps: string[];
  where: Where | null;
  deadline: number | null;
  /** Turn of the contact's first event accepted at or after the deadline. */
  firstLate: bigint | null;
}

/** One contact as the fold works on it: changed in place, event by event. */
export interface Subject {
  id: string;
  erased: boolean;
  profile: Profile;
  enrollments: Enrolled[];
  subscriptions: Subscription[];
  /** Past events of the types that entry conditions ask about, first to last. */
  past: PastEvent[];
}

export interface PastEvent {
  type: string;
  properties: JsonObject;
  receivedAt: number;
  about: { journeyKey: string; stepId: string } | null;
}

export interface PublishedJourney {
  key: string;
  versionId: string;
  version: number;
  graph: Graph;
}

/** What the fold goes by; the same for a whole batch. */
export interface Rules {
  /** Published journeys that take entries, highest priority first. */
  journeys: readonly PublishedJourney[];
  graphs: ReadonlyMap<string, Graph>;
  /** Names of the default exits that hold. */
  defaultExits: readonly string[];
  /** Where a contact has no time zone of its own. */
  defaultZone: string;
  newId: () => string;
}

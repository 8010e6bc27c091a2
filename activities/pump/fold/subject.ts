import type { Facts, MailFact, Segments, Where } from '../../../workflows/domain/conditions/condition';
import type { Known } from '../../../workflows/domain/entries/known';
import type { PastEvent } from '../../../workflows/domain/entries/past';
import type { Triggers, Watch } from '../../../workflows/domain/entries/watch';
import type { StandingOptOut } from '../../../workflows/domain/consent/consent';
import type { Scoring } from '../../../workflows/domain/scoring/may-score';
import type { MarkOf, ScoreState } from '../../../workflows/domain/scoring/state';
import type { Tally } from '../../../workflows/domain/scoring/tally';
import type { JsonObject } from '../../../workflows/domain/json';
import type { CompanyNow } from '../../../workflows/domain/people/belong';
import type { PeopleRules } from '../../../workflows/domain/people/normalise';
import type { Origins } from '../../../workflows/domain/people/origins';
import type { Diversion } from '../../../workflows/domain/visits/diversion';
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
  occurredAt: number;
  receivedAt: number;
  hops: number;
  /** The message it is about. */
  about: { sendId: string; enrollmentId: string; stepId: string } | null;
  /** The address in its traits is a key of this contact, and of nobody else. */
  ownsAddress: boolean;
  /** That address as it was said, where it is stored otherwise. */
  givenAddress?: string;
  /** A form, from a browser that was recognised as this contact's by a mail to them. */
  isRecognised: boolean;
}

/** Standard fields by name, custom ones in `traits`. */
export interface Profile {
  fields: Record<string, string | boolean | null>;
  traits: JsonObject;
  origins: Origins;
  companyId: string | null;
}

/** The companies that a batch may be about; those that nobody knows are missing. */
export interface CompaniesNow {
  /** `domain:acme.test` or `group:42` → id. */
  byKey: ReadonlyMap<string, string>;
  byId: ReadonlyMap<string, CompanyNow>;
}

export interface Enrolled {
  id: string;
  journeyKey: string;
  versionId: string;
  n: number;
  entryKey: string;
  finished: boolean;
  leaving: string | null;
  diverted: Diversion | null;
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
  /** Epoch milliseconds. */
  createdAt: number;
  profile: Profile;
  companies: CompaniesNow;
  enrollments: Enrolled[];
  subscriptions: Subscription[];
  /** Past events that conditions of this batch ask about, first to last. */
  past: PastEvent[];
  /** What else conditions ask about; empty where none of this batch does. */
  score: Facts['score'];
  /** Where events of this batch may change the score. */
  counting: Counting | null;
  /** The last mails, the newest first. */
  mails: (MailFact & { sendId: string })[];
  optOuts: string[];
  /** Opt-outs of theirs and of all their addresses under the locks, where an event of this batch may end some. */
  liftable: LiftableOptOut[];
  /** What they took back of mail, by the ledger, where an event of this batch may end some. */
  withdrawn: StandingOptOut[];
  /** Keys of the watches that hold for them. */
  member: Set<string>;
}

/** What stands against writing to an address, by its hash, or to a person, by their key. */
export interface LiftableOptOut extends StandingOptOut {
  addressHash: string;
}

/** A score at work; `net` is what bringing it up to date has crossed since it was `settled`, which nobody is told of. */
export interface Counting {
  tally: Tally;
  net: MarkOf[];
  settled: ScoreState | null;
}

/** The contact as conditions outside of any journey see it. */
export function knownOf({ profile, enrollments, past, score, mails, optOuts }: Subject): Known {
  const contact = { ...profile.fields, traits: profile.traits };
  return { contact, enrollments, past, score, mails, optOuts, openHandoff: false };
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
  people: PeopleRules;
  segments: Segments;
  watches: readonly WatchNow[];
  scoring: Scoring;
}

/** A watch, and whether it is known of everybody whether it holds. */
export interface WatchNow extends Watch {
  triggers: Triggers;
  /** Since when it is watched, epoch milliseconds. */
  since: number;
  known: boolean;
}

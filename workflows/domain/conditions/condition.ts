import type { Json } from '../json';
import { noScore, type ScoreNow } from '../scoring/now';
import type { Tier } from '../scoring/tiers';

export type Scalar = string | number | boolean;

/** How one value is tested; several operators in one test must all hold. */
export interface ValueTest {
  is?: Scalar;
  in?: Scalar[];
  contains?: Scalar;
  startsWith?: string;
  gt?: number | string;
  gte?: number | string;
  lt?: number | string;
  lte?: number | string;
  exists?: boolean;
}

/** Property path → value or test; all must hold. */
export type Where = Record<string, Scalar | ValueTest>;

export type FieldTest = { field: string } & ValueTest;
export type PropertyTest = { property: string } & ValueTest;

/** `did` names an event or an event group; without `times` once is enough. */
export interface DidTest {
  did: string;
  /** What a group of the settings stood for when this was published. */
  types?: string[];
  /** Step ids of this journey; `journey` stands for all of its messages. */
  of?: string | string[];
  where?: Where;
  times?: number;
  /** A period such as `7 days`. */
  within?: string;
  since?: 'entry';
}
export interface JourneyTest {
  /** A journey's key, or `any`. */
  journey: string;
  status: 'active' | 'finished';
}
export interface SegmentTest {
  segment: string;
}
/** Points: `fit`, `engagement`, or both together. With both bounds, both must hold. */
export interface ScoreTest {
  score: 'total' | 'fit' | 'engagement';
  atLeast?: number;
  below?: number;
}
export interface TierTest {
  tier: Tier | { in: Tier[] };
}
/** What people, not machines, did with the last mails that this contact was sent. Without any mail it never holds. */
export interface MailsTest {
  /** `last 5`. */
  mails: string;
  opened?: HowMany;
  clicked?: HowMany;
}
export type HowMany = 'none' | 'all' | 'any';
/** Has not opted out of the topic, or of everything. */
export interface ConsentTest {
  /** A topic's key. */
  consent: string;
}
export interface HandoffTest {
  handoff: 'open';
}

/** One language for branches, `if`, `unless`, entries and exits. */
export type Condition =
  | { all: Condition[] }
  | { any: Condition[] }
  | { not: Condition }
  | FieldTest
  | PropertyTest
  | DidTest
  | JourneyTest
  | SegmentTest
  | ScoreTest
  | TierTest
  | MailsTest
  | ConsentTest
  | HandoffTest;

/** Saved conditions by key. */
export type Segments = Readonly<Record<string, Condition>>;

/** What a condition is evaluated from; hosts fetch it, see `needsOf`. */
export interface Facts {
  /** Standard fields by name, `traits` among them. */
  contact: Record<string, Json>;
  /** Properties of the event at hand (entry event inside a journey). */
  properties: Record<string, Json>;
  /** How often, by `didKey(test)`. */
  did: Record<string, number>;
  /** This contact's other enrollments. */
  journeys: readonly { journey: string; status: 'active' | 'finished' }[];
  score: ScoreNow;
  /** The last mails that the contact was sent, the newest first; as many as `Needs.mails` or more. */
  mails: readonly MailFact[];
  /** Scopes of the opt-outs of the contact's address: `global`, `topic:<key>`. */
  optOuts: readonly string[];
  openHandoff: boolean;
  /** The saved segments; built-in ones are known. */
  segments: Segments;
}

/** What a person did with a mail; a click counts as an open too, since pictures may be blocked. */
export interface MailFact {
  opened: boolean;
  clicked: boolean;
}

/** Facts of somebody of whom nothing is known. */
export const noFacts: Facts = {
  contact: {},
  properties: {},
  did: {},
  journeys: [],
  score: noScore,
  mails: [],
  optOuts: [],
  openHandoff: false,
  segments: {},
};

import type { Json } from '../json';

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

/** One language for branches, `if`, `unless`, entries and exits. */
export type Condition =
  | { all: Condition[] }
  | { any: Condition[] }
  | { not: Condition }
  | FieldTest
  | PropertyTest
  | DidTest
  | JourneyTest
  | SegmentTest;

/** What a condition is evaluated from; hosts fetch it, see `needsOf`. */
export interface Facts {
  /** Standard fields by name, `traits` among them. */
  contact: Record<string, Json>;
  /** Properties of the event at hand (entry event inside a journey). */
  properties: Record<string, Json>;
  /** How often, by `didKey(test)`. */
  did: Record<string, number>;
  /** This contact's other enrollments. */
  journeys: { journey: string; status: 'active' | 'finished' }[];
}

import type { Segments } from '../domain/conditions/condition';
import type { EventGroups } from '../domain/events';
import type { DailyHours } from '../domain/timing/window';
import type { EntrySchedule } from './graph';

/** What a document may refer to. A set that is null, or not given, cannot be known: then its names are not checked. */
export interface Lookups {
  /** It is no journey but a condition that stands by itself, in the place of one that a journey waits for. */
  outside?: boolean;
  /** The key that the document is to have. */
  key?: string;
  /** Keys of published templates. */
  templates: ReadonlySet<string> | null;
  topics: ReadonlySet<string> | null;
  /** Keys of journeys that are stored, published or not: two may lead into each other. */
  journeys?: ReadonlySet<string> | null;
  /** Keys of segments, the built-in ones among them. */
  segments?: ReadonlySet<string> | null;
  /** What the saved ones stand for; without them, how much they ask is not counted. */
  savedSegments?: Segments;
  senders?: ReadonlySet<string> | null;
  teams?: ReadonlySet<string> | null;
  endpoints?: Endpoints | null;
  /** Of the settings: no window may lie in them. */
  quietHours?: DailyHours | null;
  /** Where a schedule names no zone. */
  defaultZone?: string;
  /** Without it, no instant has gone by. */
  clock?: Clock;
  /** Groups of the settings; without any, only the built-in ones are known. */
  eventGroups?: EventGroups;
  /** A company's own event names → the vocabulary's, which they come in as. */
  eventNames?: Readonly<Record<string, string>>;
  /** Looks through the Liquid of the document; without it, that is not looked at. */
  checkText?: CheckText;
}

/** What the instants of a document are held against. */
export interface Clock {
  /** Epoch milliseconds. */
  now: number;
  /** Schedules of the version that lets people in: its own instants may have gone by. */
  kept: readonly EntrySchedule[];
}

/** What is wrong with a text, by its lines from 1. `variables` are the step's own values. */
export type CheckText = (text: {
  text: string;
  reader: 'contact' | 'staff';
  variables: readonly string[];
}) => { row: number; message: string }[];

/** Keys of endpoints by what they are for. */
export interface Endpoints {
  chat: ReadonlySet<string>;
  webhook: ReadonlySet<string>;
}

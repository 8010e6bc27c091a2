import type { Graph } from '../../../workflows/journeys/graph';
import type { EffectName, Requested } from '../../../workflows/interpreter/host';
import type { Attempt } from '../../../workflows/interpreter/virtual/send/claim';
import type { Channel } from '../../../workflows/domain/sending/channel';
import type { CallAnswer } from '../../../workflows/domain/sending/settling';
import type { JsonObject } from '../../../workflows/domain/json';
import type { Settings } from '../../../prisma/stores/settings';
import type { DispatchRow } from '../../../workflows/interpreter/virtual/world';

/** What a round begins with. */
export interface Setup {
  now: number;
  graphs: ReadonlyMap<string, Graph>;
  settings: Pick<Settings, 'frequencyCaps' | 'unknownSends'> & Partial<Settings>;
  people: Person[];
  enrollments: Enrolled[];
}

export interface Person {
  id: string;
  email: string | null;
  phone: string | null;
  /** Null of a visitor, who is known by `anonymousId` alone. */
  userId: string | null;
  anonymousId: string | null;
  /** The first of those with an address has it as a key. */
  ownsAddress: boolean;
  unsubscribeToken: string;
}

export interface Enrolled {
  id: string;
  contactId: string;
  journeyKey: string;
  versionId: string;
  enteredAt: number;
  fastForwarded: boolean;
}

export interface TestEvent {
  messageId: string;
  type: string;
  keys: string[];
  properties: JsonObject;
  traits: JsonObject;
  receivedAt: number;
  /** The message that it is about. */
  of: { enrollmentId: string; visit: number } | null;
}

export type HoldScope =
  | { scope: 'system' }
  | { scope: 'journey'; journeyKey: string }
  | { scope: 'step'; journeyKey: string; stepId: string }
  | { scope: 'contact'; contactId: string }
  | { scope: 'enrollment'; enrollmentId: string };

export type PlainEffect = Exclude<EffectName, 'sendEmail' | 'sendMessage' | 'notify'>;
export type SendRequest = Requested<'sendEmail'>;

/** One message: of a visit, on one channel. */
export interface Message {
  enrollmentId: string;
  visit: number;
  channel: Channel;
}

/** Answers as plain data, without ids that each store makes for itself. */
export type Told = Record<string, unknown> & { kind: string };

/** What both stores can do; one step is one transaction. */
export interface Store {
  begin(setup: Setup): Promise<void>;
  setClock(now: number): Promise<void>;
  accept(event: TestEvent): Promise<void>;
  pump(): Promise<void>;
  perform<N extends PlainEffect>(name: N, request: Requested<N>): Promise<Told>;
  claim(request: SendRequest, attempt: Attempt): Promise<Told>;
  beginCall(request: SendRequest, attempt: Attempt): Promise<Told>;
  settle(request: SendRequest, attempt: Attempt, answer: CallAnswer): Promise<Told>;
  providerEvent(of: Message, state: 'accepted' | 'delivered' | 'bounced'): Promise<void>;
  optOut(person: Person, topic: boolean): Promise<void>;
  /** By SMS. */
  stop(person: Person): Promise<void>;
  /** Told to an operator; `fact` names that once. */
  withdraw(person: Person, topic: boolean, fact: string): Promise<void>;
  /** A provider tells of it; `fact` names that once. */
  complain(person: Person, fact: string): Promise<void>;
  pause(target: HoldScope): Promise<void>;
  resume(target: HoldScope, spreadSeconds: number): Promise<void>;
  exit(enrollmentId: string): Promise<void>;
  patchAddress(contactId: string, email: string | null): Promise<void>;
  allowResend(enrollmentId: string): Promise<void>;
  sweepHeld(): Promise<void>;
  /** Two records are made one. */
  merge(stays: string, goes: string): Promise<void>;
  /** Where rows name a record that was joined into another: nowhere. */
  orphans(): Promise<string[]>;
  /** The oldest wake-up owed to an enrollment. */
  owed(enrollmentId: string): Promise<DispatchRow | null>;
  delivered(enrollmentId: string): Promise<void>;
  snapshot(): Promise<Snapshot>;
}

/** All that the two stores must agree on: rows as plain data, turns as the number of the contact's events up to them. */
export type Snapshot = Record<string, unknown>;

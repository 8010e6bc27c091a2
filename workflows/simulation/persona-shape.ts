import type { JsonObject } from '../domain/json';

interface When {
  /** After they entered, such as `2 days`; for a behaviour `of` a message, after that message went out. */
  after?: string | undefined;
  /** ISO date and time; without an offset by the persona's own clock. */
  at?: string | undefined;
}

export interface Behaviour extends When {
  event: string;
  /** The step whose message it is about. */
  of?: string | undefined;
  properties?: JsonObject | undefined;
  traits?: JsonObject | undefined;
}

export interface Intervention extends When {
  do: 'pause' | 'resume' | 'skip' | 'retry' | 'cancel' | 'leave' | 'opt-out';
  /** What they leave with. */
  outcome?: string | undefined;
  /** What they opt out of; everything without it. */
  topic?: string | undefined;
}

/** What the persona does, or what is done to them. */
export type Deed = Behaviour | Intervention;

/** Somebody who is sent through a draft, and what they do on the way. */
export interface Persona {
  /** Who they are, for the report. */
  persona: string;
  entersAt: string;
  /** Standard fields by name; `traits` holds the custom ones. */
  contact: JsonObject;
  /** Properties of the event that they enter by. */
  entry: JsonObject;
  /** Points that they bring along; none without it. */
  score?: { fit?: number | undefined; engagement?: number | undefined } | undefined;
  does: Deed[];
}

/** As an author writes it: everything may be left out. */
export type PersonaSource = Partial<Persona>;

import type { JsonObject } from '../../domain/json';
import type { Reading } from './reading';
import type { DecisionRow, World } from './world';

export type Choice = Pick<DecisionRow, 'visit' | 'stepId' | 'kind' | 'outcome' | 'reason'>;

/** Said again in the same words it is one record; another answer of the same kind gets the next ordinal. */
export function record({ world, enrollment, at }: Reading, choice: Choice): void {
  const same = world.decisions.filter(
    (row) => row.enrollmentId === enrollment.id && row.visit === choice.visit && row.kind === choice.kind,
  );
  const last = same.at(-1);
  if (last?.outcome === choice.outcome && last.reason === choice.reason) return;
  world.decisions.push({ ...choice, enrollmentId: enrollment.id, ordinal: same.length, at });
}

export interface InsideEvent {
  type: string;
  messageId: string;
  contactId: string;
  properties: JsonObject;
  sendId?: string;
}

/** A fact that follows from something: an event like any other, stamped by the database and processed later. */
export function insideEvent(world: World, { type, messageId, contactId, properties, sendId }: InsideEvent): void {
  const keys = [`contact:${contactId}`];
  accept(world, { origin: 'inside', messageId, type, keys, properties, receivedAt: world.now, sendId });
}

export interface NewEvent {
  origin: string;
  messageId: string;
  type: string;
  keys: readonly string[];
  properties?: JsonObject;
  traits?: JsonObject;
  receivedAt: number;
  sendId?: string | null | undefined;
}

/** Stores an event, once by origin and message id. */
export function accept(world: World, event: NewEvent): void {
  const { origin, messageId } = event;
  if (world.events.some((row) => row.origin === origin && row.messageId === messageId)) return;
  const { properties = {}, traits = {}, sendId = null } = event;
  world.lastSeq += 1n;
  world.events.push({ ...event, properties, traits, sendId, seq: world.lastSeq, turn: null, contactId: null });
}

import type { Where } from '../conditions/condition';
import { expandEvent, isBehaviour } from '../events';
import type { Json, JsonObject } from '../json';

/** An exit of a journey, in the shape of the compiled graph. */
export type ExitRule = { event: string; types?: string[]; where?: Where } & ({ outcome: string } | { next: string });

export interface ExitRules {
  topic: string;
  exits: readonly ExitRule[];
  /** Whether the default exits hold too. */
  defaultExits: boolean;
}

export interface ExitCase {
  event: { type: string; properties: JsonObject };
  /** Fields that the event changed, with their new values. */
  learned: Readonly<Record<string, Json>>;
  /** Names of the default exits that the settings leave in force. */
  names: readonly string[];
  /** The enrollment was diverted before. */
  diverted: boolean;
}

/** What an event does to an open enrollment that is not leaving. */
export type ExitRuling = { kind: 'leave'; outcome: string } | { kind: 'divert'; exit: number; next: string };

type Applies = (it: ExitCase, topic: string) => boolean;

/** Exits that hold for every journey that does not opt out of them. */
export const defaultExits = {
  'meeting-booked': ({ event }) => event.type === 'meeting.booked',
  replied: ({ event }) => event.type === 'email.replied' || event.type === 'message.replied',
  customer: ({ event, learned }) => becameCustomer(event, learned),
  unsubscribed: (it, topic) => isOptOut(it, topic),
  'handoff-accepted': ({ event }) => event.type === 'handoff.accepted',
} satisfies Record<string, Applies>;

/**
 * The journey's own exits come first, in their order; one that goes on at a step is passed over once the enrollment was
 * diverted. PROTOCOL rule 26. An opt-out that concerns the journey ends it in any case, whatever the document or the settings say.
 */
export function exitBy(rules: ExitRules, it: ExitCase): ExitRuling | null {
  const optedOut = isOptOut(it, rules.topic);
  for (const [index, exit] of rules.exits.entries()) {
    if (!isBehaviour({ types: expandEvent(exit), where: exit.where ?? null }, it.event)) continue;
    if ('outcome' in exit) return { kind: 'leave', outcome: exit.outcome };
    if (!it.diverted && !optedOut) return { kind: 'divert', exit: index, next: exit.next };
  }
  if (optedOut) return { kind: 'leave', outcome: 'unsubscribed' };
  const outcome = defaultExit(rules, it);
  return outcome === undefined ? null : { kind: 'leave', outcome };
}

function defaultExit(rules: ExitRules, it: ExitCase): string | undefined {
  if (!rules.defaultExits || it.event.properties['machine'] === true) return undefined;
  const all: readonly (readonly [string, Applies])[] = Object.entries(defaultExits);
  return all.find(([name, applies]) => it.names.includes(name) && applies(it, rules.topic))?.[0];
}

/** An opt-out from one topic ends the journeys of that topic, one without a topic ends all. */
function isOptOut({ event: { type, properties } }: ExitCase, topic: string): boolean {
  if (type !== 'email.unsubscribed') return false;
  return typeof properties['topic'] !== 'string' || properties['topic'] === topic;
}

/** The event told it, or a person wrote it into the contact and the event tells of that. */
function becameCustomer({ type, properties }: ExitCase['event'], learned: ExitCase['learned']): boolean {
  if (learned['lifecycleStage'] === 'customer') return true;
  if (type !== 'contact.updated' || properties['learned'] === true) return false;
  const { values } = properties;
  return (
    typeof values === 'object' && values !== null && !Array.isArray(values) && values['lifecycleStage'] === 'customer'
  );
}

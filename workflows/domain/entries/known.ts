import type { Condition, DidTest, Facts, MailFact, Segments } from '../conditions/condition';
import { didKey } from '../conditions/keys';
import { needsOf } from '../conditions/needs';
import type { Json, JsonObject } from '../json';
import { timesDone, type PastEvent } from './past';

/** What is known of a contact when something outside of any journey is decided about them. */
export interface Known {
  /** Standard fields by name, `traits` among them. */
  contact: Record<string, Json>;
  enrollments: readonly { journeyKey: string; finished: boolean; leaving: string | null }[];
  past: readonly PastEvent[];
  score: Facts['score'];
  mails: readonly MailFact[];
  optOuts: readonly string[];
  openHandoff: boolean;
}

/** When facts are asked for, and by what event. */
export interface Moment {
  segments: Segments;
  /** Of the event at hand. */
  properties: JsonObject;
  /** Epoch milliseconds. */
  at: number;
  zone: string;
}

export interface Asking {
  condition: Condition;
  /** The journey that asks: its own runs do not count; null for a segment. */
  journeyKey: string | null;
}

/** The facts that a condition is judged by. */
export function factsOf(known: Known, { condition, journeyKey, ...moment }: Moment & Asking): Facts {
  return factsAt(known, moment)({ condition, journeyKey });
}

/** The facts of one moment for any number of conditions: what several of them ask for is counted once. */
export function factsAt(known: Known, { segments, properties, ...now }: Moment): (asking: Asking) => Facts {
  const { contact, score, mails, optOuts, openHandoff, past } = known;
  const shared = { contact, properties, score, mails, optOuts, openHandoff, segments };
  const askers = new Map<string | null, Facts>();
  return ({ condition, journeyKey }) => {
    const facts = askers.get(journeyKey) ?? { ...shared, did: {}, journeys: runsOf(known, journeyKey) };
    askers.set(journeyKey, facts);
    for (const { test, key } of didsOf(condition, segments)) {
      facts.did[key] ??= timesDone(past, test, { journeyKey, ...now });
    }
    return facts;
  };
}

/** Who is to leave is as good as gone. */
function runsOf({ enrollments }: Known, journeyKey: string | null): Facts['journeys'] {
  return enrollments
    .filter((one) => one.journeyKey !== journeyKey)
    .map((one) => ({ journey: one.journeyKey, status: one.finished || one.leaving ? 'finished' : 'active' }));
}

interface KeyedTest {
  test: DidTest;
  key: string;
}

/** Conditions never change, and the same few are judged event by event. */
const dids = new WeakMap<Segments, WeakMap<Condition, KeyedTest[]>>();

function didsOf(condition: Condition, segments: Segments): KeyedTest[] {
  const among = dids.get(segments) ?? new WeakMap<Condition, KeyedTest[]>();
  dids.set(segments, among);
  const found = among.get(condition) ?? needsOf([condition], segments).did.map((test) => ({ test, key: didKey(test) }));
  among.set(condition, found);
  return found;
}

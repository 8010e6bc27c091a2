import type { Condition, Facts, MailFact, Segments } from '../conditions/condition';
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

export interface FactsAsked {
  condition: Condition;
  segments: Segments;
  /** The journey that asks: its own runs do not count; null for a segment. */
  journeyKey: string | null;
  /** Of the event at hand. */
  properties: JsonObject;
  /** Epoch milliseconds. */
  at: number;
  zone: string;
}

/** The facts that a condition is judged by. */
export function factsOf(known: Known, { condition, segments, journeyKey, properties, at, zone }: FactsAsked): Facts {
  const { did } = needsOf([condition], segments);
  const { contact, score, mails, optOuts, openHandoff } = known;
  return {
    ...{ contact, properties, score, mails, optOuts, openHandoff, segments },
    did: Object.fromEntries(did.map((test) => [didKey(test), timesDone(known.past, test, { journeyKey, at, zone })])),
    journeys: known.enrollments
      .filter((one) => one.journeyKey !== journeyKey)
      // Who is to leave is as good as gone.
      .map((one) => ({ journey: one.journeyKey, status: one.finished || one.leaving ? 'finished' : 'active' })),
  };
}

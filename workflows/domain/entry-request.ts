import { filledValues } from './entry-values';
import type { JsonObject } from './json';

/** That another journey is asked to take somebody, by a step. */
export interface EntryAsked {
  journey: string;
  by: 'enroll' | 'exit';
  /** Besides the properties of the entry event; `{entry: path}` is filled in. */
  with: JsonObject;
  visit: number;
}

/** Who asks: an enrollment with the properties it was entered by. */
export interface Asking {
  enrollmentId: string;
  journeyKey: string;
  entry: JsonObject;
}

/** The inside event `journey.requested`: the pump decides by the other journey's own rules. Once for each visit. */
export function entryRequest(
  { journey, by, with: values, visit }: EntryAsked,
  { enrollmentId, journeyKey, entry }: Asking,
): { type: 'journey.requested'; messageId: string; properties: JsonObject } {
  return {
    type: 'journey.requested',
    messageId: `journey.requested:${enrollmentId}:${visit}`,
    properties: { journey, by, from: journeyKey, enrollmentId, entry: { ...entry, ...filledValues(values, entry) } },
  };
}

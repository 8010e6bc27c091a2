import type { Json, JsonObject } from '../json';

/** Who may ask a journey to take somebody. */
export type RequestedBy = 'exit' | 'enroll' | 'schedule' | 'list' | 'segment' | 'becomes' | 'api';

/** The inside event `journey.requested`, as the pump reads it. */
export interface EntryRequested {
  journey: string;
  by: string;
  /** The journey that asks; null where none does. */
  from: string | null;
  /** The enrollment that asks. */
  enrollmentId: string | null;
  /** Tells this run apart, where whoever asks says so. */
  entryKey: string | null;
  /** What the enrollment is entered with. */
  entry: JsonObject;
}

/** Null for any other event. One from outside is none: the name is reserved. */
export function readRequest(event: { origin: string; type: string; properties: JsonObject }): EntryRequested | null {
  const { journey, by, from, enrollmentId, entryKey, entry } = event.properties;
  if (event.origin !== 'inside' || event.type !== 'journey.requested' || typeof journey !== 'string') return null;
  return {
    ...{ journey, by: textOf(by) ?? 'nobody', from: textOf(from), enrollmentId: textOf(enrollmentId) },
    entryKey: textOf(entryKey),
    entry: typeof entry === 'object' && entry !== null && !Array.isArray(entry) ? entry : {},
  };
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** That a journey's condition turned true for somebody. */
export function requestByBecoming(journey: string, because: string): JsonObject & { by: RequestedBy } {
  return { journey, by: 'becomes', because, entry: {} };
}

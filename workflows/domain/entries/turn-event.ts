import type { JsonObject } from '../json';
import { requestByBecoming } from './request';
import type { Watch } from './watch';

export interface Turning {
  contactId: string;
  /** Whether it turned true. */
  holds: boolean;
  /** What tells this turn from the others of the same contact. */
  cause: string;
  /** The event type that turned it, or `time`. */
  because: string;
}

/** The inside event that tells of a turn, once for each cause; null where nobody asks: a `becomes` that holds no longer. */
export function turnEvent(
  { key, journey }: Watch,
  { contactId, holds, cause, because }: Turning,
): { type: string; messageId: string; properties: JsonObject } | null {
  if (journey !== null) {
    if (!holds) return null;
    const properties = requestByBecoming(journey, because);
    return { type: 'journey.requested', messageId: `journey.requested:${key}:${contactId}:${cause}`, properties };
  }
  const type = holds ? 'segment.entered' : 'segment.left';
  return { type, messageId: `${type}:${key}:${contactId}:${cause}`, properties: { segment: key, because } };
}

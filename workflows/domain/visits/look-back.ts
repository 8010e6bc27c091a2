import { isBehaviour } from '../events';
import type { Json } from '../json';
import type { Where } from '../conditions/condition';

/** A behaviour that a wait is ended by, ready to be compared with events. */
export interface AwaitedBehaviour {
  /** Its index in the step's `on`. */
  slot: number;
  types: readonly string[];
  /** Step ids of the messages it must be about; empty for any event. */
  of: readonly string[];
  where: Where | null;
  /** The look-back of this behaviour: events after this turn, or accepted at or after this instant. */
  since: { turn: bigint } | { instant: number };
}

/** A processed event, as the look-back sees it. */
export interface PastEvent {
  seq: bigint;
  turn: bigint;
  type: string;
  properties: Record<string, Json>;
  receivedAt: number;
  /** The step of this enrollment whose message it is about. */
  ofStep: string | null;
}

export interface Won {
  slot: number;
  event: PastEvent;
}

/**
 * The first event by turn, accepted before the deadline, that is one of the behaviours. One about a message is matched
 * by its send and has no lower turn (PROTOCOL rule 3). Events are given without those that won a visit already.
 */
export function lookBack(
  awaited: readonly AwaitedBehaviour[],
  events: readonly PastEvent[],
  deadline: number | null,
): Won | null {
  const inTurn = [...events].sort((a, b) => (a.turn < b.turn ? -1 : 1));
  for (const event of inTurn) {
    if (deadline !== null && event.receivedAt >= deadline) continue;
    const found = awaited.find((behaviour) => counts(behaviour, event));
    if (found) return { slot: found.slot, event };
  }
  return null;
}

function counts(behaviour: AwaitedBehaviour, event: PastEvent): boolean {
  if (!isBehaviour(behaviour, event)) return false;
  if (behaviour.of.length > 0) return event.ofStep !== null && behaviour.of.includes(event.ofStep);
  const { since } = behaviour;
  return 'turn' in since ? event.turn > since.turn : event.receivedAt >= since.instant;
}

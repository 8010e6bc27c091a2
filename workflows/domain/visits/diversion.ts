import type { Closes, StoredVisit, VisitOutcome } from './visit';

/**
 * An event met an exit that goes on at a step. Plain JSON, stored with the enrollment: the first stays, and there is one
 * in an enrollment. It is pending until the effect that goes on with it has closed the visit it came in.
 */
export interface Diversion {
  /** Its index in the journey's `exits`. */
  exit: number;
  /** The event, and its place in the order of processing. */
  seq: string;
  turn: string;
  /** When it was accepted, in epoch milliseconds. */
  at: number;
  /** The visit that it ended; null while it is pending. */
  taken: number | null;
}

export function diversionOutcome({ exit }: Pick<Diversion, 'exit'>): VisitOutcome {
  return `exit:${exit}`;
}

export function isPending(diversion: Diversion | null): diversion is Diversion {
  return diversion !== null && diversion.taken === null;
}

/** Whether an effect goes on with the pending diversion: the one effect that is carried out while it is pending. */
export function takesDiversion(diversion: Diversion | null, closes: Closes | null): boolean {
  return isPending(diversion) && closes?.outcome === diversionOutcome(diversion);
}

/** How a visit really ended: one that was closed before the diversion keeps its outcome, and is not what was followed. */
export function endOf(visit: StoredVisit, diversion: Diversion | null): VisitOutcome | null {
  return diversion !== null && diversion.taken === visit.visit ? diversionOutcome(diversion) : visit.outcome;
}

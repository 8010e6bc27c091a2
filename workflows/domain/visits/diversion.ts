import type { Closes, Diversion, StoredVisit, VisitOutcome } from './visit';

export type { Diversion } from './visit';

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

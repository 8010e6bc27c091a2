import type { Closes, Diversion, StoredVisit, VisitOutcome } from './visit';

export type { Diversion } from './visit';

export function diversionOutcome({ exit }: Pick<Diversion, 'exit'>): VisitOutcome {
  return `exit:${exit}`;
}

export function isPending(diversion: Diversion | null): diversion is Diversion {
  return diversion !== null && diversion.taken === null;
}

/**
 * Sent on before anything was carried out. There is no visit that a move could begin after, and which exit it was is told
 * by the version it was met in: so the way is taken first.
 */
export function isSentOnAtTheStart({ visit, diverted }: { visit: number; diverted: Diversion | null }): boolean {
  return visit === 0 && isPending(diverted);
}

/** Whether an effect goes on with the pending diversion: the one effect that is carried out while it is pending. */
export function takesDiversion(diversion: Diversion | null, closes: Closes | null): boolean {
  return isPending(diversion) && closes?.outcome === diversionOutcome(diversion);
}

/** How a visit really ended: one that was closed before the diversion keeps its outcome, and is not what was followed. */
export function endOf(visit: StoredVisit, diversion: Diversion | null): VisitOutcome | null {
  return diversion !== null && diversion.taken === visit.visit ? diversionOutcome(diversion) : visit.outcome;
}

import type { JsonObject } from '../json';
import type { MarkOf } from './state';

export interface ToldCrossing {
  type: string;
  properties: JsonObject;
}

/** The event that tells of a crossing; null where another one does, or somebody only ceased to be ready. */
export function toldOf({ kind, from, to, total, fit, engagement }: MarkOf): ToldCrossing | null {
  const points = { total, fit, engagement };
  if (kind === 'tier') return { type: 'score.tier_changed', properties: { from, to, ...points } };
  if (kind === 'ready') return to === 'yes' ? { type: 'score.ready_for_sales', properties: points } : null;
  if (kind !== 'threshold') return null;
  const direction = to.startsWith('below ') ? 'down' : 'up';
  const threshold = Number(direction === 'up' ? to : from);
  return { type: 'score.threshold_crossed', properties: { threshold, direction, ...points } };
}

/** What crossings tell, each with a message id made of the contact and what brought it about. */
export function tellCrossings(
  marks: readonly MarkOf[],
  { contactId, cause }: { contactId: string; cause: string },
): (ToldCrossing & { messageId: string })[] {
  const seen = new Map<string, number>();
  return marks.flatMap((mark) => {
    const told = toldOf(mark);
    if (!told) return [];
    const base = `${told.type}:${contactId}:${cause}`;
    const before = seen.get(base) ?? 0;
    seen.set(base, before + 1);
    return [{ ...told, messageId: before === 0 ? base : `${base}:${before + 1}` }];
  });
}

import type { JsonObject } from '../json';

/** Carried by a row of a file that is to start no journey, and by every event that follows from it. */
export const startingNobody = { import: { journeys: false } } satisfies JsonObject;

/** Whether no journey may begin by an event, nor by what it turns: what others write into a context says nothing. */
export function startsNobody({ origin, context }: { origin: string; context: JsonObject }): boolean {
  if (origin !== 'import' && origin !== 'inside') return false;
  const { import: of } = context;
  return typeof of === 'object' && of !== null && !Array.isArray(of) && of.journeys === false;
}

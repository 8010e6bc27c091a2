import type { ScoreInput, ScoreState } from './state';

/** Of one instant: who they are first, then what was given, then what they did in the order of its arrival. */
const places = { fit: 0, fields: 0, given: 1, event: 2 } as const satisfies Record<ScoreInput['kind'], number>;

/** The order in which inputs count. */
export function byMoment(a: ScoreInput, b: ScoreInput): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.kind === 'event' && b.kind === 'event') return a.seq < b.seq ? -1 : Number(a.seq > b.seq);
  return places[a.kind] - places[b.kind];
}

/** Whether an event belongs before something that is counted already. Other inputs count when they come. */
export function isLate({ asOf, asOfSeq }: ScoreState, input: ScoreInput): boolean {
  if (input.kind !== 'event' || asOf === null || input.at > asOf) return false;
  return input.at < asOf || (asOfSeq !== null && input.seq < BigInt(asOfSeq));
}

/** Puts an input where it belongs among others that are in order; behind those of its own moment. */
export function insertInput(inputs: ScoreInput[], input: ScoreInput): void {
  let place = inputs.length;
  for (let before = inputs[place - 1]; before && byMoment(before, input) > 0; before = inputs[place - 1]) place -= 1;
  inputs.splice(place, 0, input);
}

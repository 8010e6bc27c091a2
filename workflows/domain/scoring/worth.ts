import type { ScoreState } from './state';

type Part = ScoreState['parts'][number];

/** What a part is worth at an instant, not before its own. */
export function worthOf({ value, at, halfLifeMs }: Part, instant: number): number {
  return halfLifeMs === null ? value : value * Math.pow(0.5, (instant - at) / halfLifeMs);
}

/** Engagement that rules and silence made; of one group where it is named. */
export function partsWorth(parts: readonly Part[], instant: number, group?: string): number {
  let sum = 0;
  for (const part of parts) if (group === undefined || part.group === group) sum += worthOf(part, instant);
  return sum;
}

/** All engagement, what was given included. */
export function engagementAt({ parts, given }: ScoreState, instant: number): number {
  return partsWorth(parts, instant) + given.engagement;
}

export function fitOf({ fit, given }: ScoreState): number {
  let sum = given.fit;
  for (const group in fit) sum += fit[group]?.points ?? 0;
  return sum;
}

/** Reads 0 while the score is blocked. */
export function totalAt(state: ScoreState, instant: number): number {
  return state.blockedBy.length > 0 ? 0 : fitOf(state) + engagementAt(state, instant);
}

/** The parts with points more of this group and half-life: a new list, its other parts untouched. */
export function withPoints(
  parts: readonly Part[],
  { group, halfLifeMs, at }: Omit<Part, 'value'>,
  points: number,
): Part[] {
  const next = [...parts];
  const place = next.findIndex((part) => part.group === group && part.halfLifeMs === halfLifeMs);
  const old = next[place];
  if (old) next[place] = { group, halfLifeMs, value: worthOf(old, at) + points, at };
  else next.push({ group, halfLifeMs, value: points, at });
  return next;
}

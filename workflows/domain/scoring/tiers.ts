export type Tier = 'none' | 'low' | 'medium' | 'high';

/** From how many points on somebody is in a tier, the highest first; below all of them in none. */
const floors = [
  ['high', 71],
  ['medium', 26],
  ['low', 1],
] as const satisfies [Tier, number][];

/** The tier of a sum of points, fit and engagement together. */
export function tierOf(total: number): Tier {
  return floors.find(([, floor]) => total >= floor)?.[0] ?? 'none';
}

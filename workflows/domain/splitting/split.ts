import type { JsonObject } from '../json';
import { armAt, drawOf, type Drawing, type WeightedArm } from './draw';

/** The arm of a split that somebody takes, and what the decision says about it. */
export interface Parting {
  index: number;
  arm: string;
  /** Drawn now, or in an arm already. */
  drawn: boolean;
  reason: string;
  inputs: JsonObject;
}

/** Whoever has an arm stays in it as long as the split has one of that name; everybody else is drawn. */
export function partingOf(arms: readonly WeightedArm[], who: Drawing, stored: string | null): Parting {
  const weights = Object.fromEntries(arms.map(({ name, weight }) => [name, weight]));
  const known = arms.findIndex(({ name }) => name === stored);
  const draw = drawOf(who);
  const index = known === -1 ? armAt(arms, draw) : known;
  const arm = arms[index]?.name ?? '';
  const drawn = known === -1;
  const reason = drawn ? `${arm}, drawn with ${draw.toFixed(4)}` : `${arm}, as drawn before`;
  return { index, arm, drawn, reason, inputs: { arm, weights, draw } };
}

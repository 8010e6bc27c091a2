import type { Where } from '../conditions/condition';
import { expandEvent } from '../events';
import { sinceInstant } from '../timing/duration';
import type { AwaitedBehaviour } from './look-back';

/** A behaviour as a wait's step names it; the shape of the compiled graph. */
export interface NamedBehaviour {
  event: string;
  of: readonly string[];
  where?: Where;
  since?: string;
}

/** Where a look-back may start. `at` is the moment of the arrival. */
export interface LookBackStart {
  /** The mark of the visit before. */
  look: bigint;
  /** The mark of the enrollment itself. */
  entry: bigint;
  at: number;
  zone: string;
}

/** A behaviour of a wait with its look-back: since the previous step ended, or as far as `since` widens it. */
export function awaitedSince(on: NamedBehaviour, slot: number, from: LookBackStart): AwaitedBehaviour {
  const base = { slot, types: expandEvent(on), of: on.of, where: on.where ?? null };
  if (on.since === undefined) return { ...base, since: { turn: from.look } };
  if (on.since === 'entry') return { ...base, since: { turn: from.entry } };
  return { ...base, since: { instant: sinceInstant(on.since, from.at, from.zone) } };
}

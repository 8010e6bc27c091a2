import { expandEvent } from '../../../workflows/domain/events';
import { sinceInstant } from '../../../workflows/domain/timing/duration';
import type { AwaitedBehaviour } from '../../../workflows/domain/visits/look-back';
import type { Awaited } from '../../../workflows/journeys/graph';
import type { Reading } from './reading';

/** A behaviour of a wait with its look-back: since the previous step ended, or as far as `since` widens it. */
export function awaitedSince(
  { on, slot, look }: { on: Awaited; slot: number; look: bigint },
  { reading, zone }: { reading: Reading; zone: string },
): AwaitedBehaviour {
  const base = { slot, types: expandEvent(on.event), of: on.of, where: on.where ?? null };
  if (on.since === undefined) return { ...base, since: { turn: look } };
  if (on.since === 'entry') return { ...base, since: { turn: reading.mark } };
  return { ...base, since: { instant: sinceInstant(on.since, reading.at, zone) } };
}

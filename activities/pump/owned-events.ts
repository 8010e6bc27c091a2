import type { Tx } from '../../prisma/client';
import { normaliseAddress } from '../../prisma/address';
import type { EventRow } from '../../prisma/stores/pump/events';
import { readOwners } from '../../prisma/stores/pump/identities';
import type { JsonObject } from '../../workflows/domain/json';
import type { TurnedEvent } from './fold/subject';
import { addressKey, conflictOf, keysOf, ownerOf } from './keys';

/** An event whose contact is known. */
export interface OwnedEvent extends EventRow {
  contactId: string;
  conflict: JsonObject | null;
  ownsAddress: boolean;
}

/** Whose these events are. Those whose keys belong to nobody yet wait for the next round. */
export async function ownEvents(tx: Tx, events: readonly EventRow[]): Promise<OwnedEvent[]> {
  const owners = await readOwners(tx, [...new Set(events.flatMap(keysOf))]);
  return events.flatMap((event) => {
    const keys = keysOf(event);
    const contactId = ownerOf(keys, owners)?.contactId;
    if (contactId === undefined) return [];
    const address = addressKey(event.address);
    const ownsAddress = address !== null && owners.get(address)?.contactId === contactId;
    return [{ ...event, contactId, ownsAddress, conflict: conflictOf(keys, owners, contactId) }];
  });
}

/** The event as the fold sees it. */
export function turned(
  event: OwnedEvent & { turn: bigint },
  about: ReadonlyMap<string, TurnedEvent['about']>,
): TurnedEvent {
  const { seq, turn, origin, type, properties, context, fromBrowser, hops, ownsAddress } = event;
  const traits = ownsAddress ? { ...event.traits, email: normaliseAddress(event.address ?? '') } : event.traits;
  return {
    ...{ seq, turn, origin, type, properties, traits, context, fromBrowser, hops, ownsAddress },
    occurredAt: event.occurredAt.getTime(),
    receivedAt: event.receivedAt.getTime(),
    about: event.sendId === null ? null : (about.get(event.sendId) ?? null),
  };
}

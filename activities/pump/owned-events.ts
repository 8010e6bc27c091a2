import type { Tx } from '../../prisma/client';
import { normaliseAddress } from '../../prisma/address';
import type { EventRow } from '../../prisma/stores/pump/events';
import { readOwners, type Owner } from '../../prisma/stores/pump/identities';
import { readRecognised } from '../../prisma/stores/recognised';
import type { JsonObject } from '../../workflows/domain/json';
import type { TurnedEvent } from './fold/subject';
import { addressKey, conflictOf, keysOf, ownerOf } from './keys';

/** An event whose contact is known. */
export interface OwnedEvent extends EventRow {
  contactId: string;
  conflict: JsonObject | null;
  ownsAddress: boolean;
  /** A form, from a browser that was recognised as the contact's. */
  isRecognised: boolean;
}

/** Whose these events are. Those whose keys belong to nobody yet wait for the next round. */
export async function ownEvents(tx: Tx, events: readonly EventRow[]): Promise<OwnedEvent[]> {
  const owners = await readOwners(tx, [...new Set(events.flatMap(keysOf))]);
  const owned = events.flatMap((event) => {
    const keys = keysOf(event);
    const contactId = ownerOf(keys, owners)?.contactId;
    if (contactId === undefined) return [];
    const address = addressKey(event.address);
    const ownsAddress = address !== null && owners.get(address)?.contactId === contactId;
    return [{ ...event, contactId, ownsAddress, conflict: conflictOf(keys, owners, contactId) }];
  });
  const recognised = await formsRecognised(tx, owned, owners);
  return owned.map((event) => ({ ...event, isRecognised: recognised.has(event.seq) }));
}

/** Forms from a browser that is the contact's by a click in their mail, which may be of this very batch. */
async function formsRecognised(
  tx: Tx,
  events: readonly Omit<OwnedEvent, 'isRecognised'>[],
  owners: ReadonlyMap<string, Owner>,
): Promise<Set<bigint>> {
  const asked = events
    .filter(({ origin, traits }) => origin === 'form' && 'consent' in traits)
    .flatMap(({ seq, contactId, keys }) =>
      keys
        .filter((key) => key.startsWith('anonymous:') && owners.get(key)?.contactId === contactId)
        .map((key) => ({ seq, contactId, key })),
    );
  if (asked.length === 0) return new Set();
  const before = await readRecognised(tx, asked);
  const clicks = events.filter(({ type }) => type === 'contact.recognised');
  const isTheirs = ({ seq, contactId, key }: (typeof asked)[number]): boolean =>
    before.some((one) => one.contactId === contactId && one.key === key) ||
    clicks.some((click) => click.contactId === contactId && click.keys.includes(key) && click.seq < seq);
  return new Set(asked.filter(isTheirs).map(({ seq }) => seq));
}

/** The event as the fold sees it. */
export function turned(
  event: OwnedEvent & { turn: bigint },
  about: ReadonlyMap<string, TurnedEvent['about']>,
): TurnedEvent {
  const { seq, turn, origin, type, properties, context, fromBrowser, hops, ownsAddress, isRecognised } = event;
  const given = event.address?.trim() ?? '';
  const email = normaliseAddress(given);
  const traits = ownsAddress ? { ...event.traits, email } : event.traits;
  return {
    ...{ seq, turn, origin, type, properties, traits, context, fromBrowser, hops, ownsAddress, isRecognised },
    ...(ownsAddress && given !== email && { givenAddress: given }),
    occurredAt: event.occurredAt.getTime(),
    receivedAt: event.receivedAt.getTime(),
    about: event.sendId === null ? null : (about.get(event.sendId) ?? null),
  };
}

import type { JsonObject } from '../../workflows/domain/json';
import type { Owner } from '../../prisma/stores/pump/identities';
import type { KeyedEvent } from '../../prisma/stores/pump/events';
import { isMailable, normaliseAddress } from '../../prisma/address';

/** An event's keys, the leading one first; an address among its traits is one of them. */
export function keysOf({ keys, address }: Pick<KeyedEvent, 'keys' | 'address'>): string[] {
  const key = addressKey(address);
  return key === null || keys.includes(key) ? keys : [...keys, key];
}

/** Null for what is no address that could be mailed. */
export function addressKey(address: string | null): string | null {
  const normalised = address === null ? '' : normaliseAddress(address);
  return isMailable(normalised) ? `email:${normalised}` : null;
}

/**
 * Parts events from those that name a waiting key, first to last: these wait, and so do all who share another key with them.
 * Adds their keys to `waiting`.
 */
export function apart<E extends KeyedEvent>(events: readonly E[], waiting: Set<string>): [left: E[], free: E[]] {
  const left = events.filter((event) => {
    const keys = keysOf(event);
    const waits = keys.some((key) => waiting.has(key));
    if (waits) for (const key of keys) waiting.add(key);
    return waits;
  });
  const those = new Set(left);
  return [left, events.filter((event) => !those.has(event))];
}

/** Whose event it is: the contact that it names by id, else the first known one among its keys' owners, else the first. */
export function ownerOf(keys: readonly string[], owners: ReadonlyMap<string, Owner>): Owner | undefined {
  const found = keys.flatMap((key) => owners.get(key) ?? []);
  return found.find(({ key }) => key.startsWith('contact:')) ?? found.find(({ known }) => known) ?? found[0];
}

/** What keeps an event's keys from naming one person: other contacts, and keys that could not be given away. */
export function conflictOf(
  keys: readonly string[],
  owners: ReadonlyMap<string, Owner>,
  contactId: string,
): JsonObject | null {
  const others = keys.flatMap((key) => owners.get(key)?.contactId ?? []).filter((id) => id !== contactId);
  const refused = keys
    .filter((key) => !owners.has(key) && !key.startsWith('contact:'))
    .map((key) => key.split(':', 1)[0] ?? '');
  if (others.length === 0 && refused.length === 0) return null;
  return { contacts: [...new Set(others)], refused };
}

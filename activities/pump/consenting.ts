import { addressHash, normaliseAddress } from '../../prisma/address';
import type { Tx } from '../../prisma/client';
import { lockFreeAddresses, readStanding, readWithdrawn } from '../../prisma/stores/consents';
import type { ProfileRow } from '../../prisma/stores/pump/contacts';
import { consentsIn, mayLift, maySayConsent, type StandingOptOut } from '../../workflows/domain/consent/consent';
import type { LiftableOptOut } from './fold/subject';
import type { OwnedEvent } from './owned-events';

/** Whether an event may end an opt-out. */
function mayEnd(event: OwnedEvent): boolean {
  return maySayConsent(event) && mayLift(event) && consentsIn(event.traits.consent).length > 0;
}

/**
 * Takes the address locks of those whose consent may end an opt-out: an opt-out either came first and is seen, or waits.
 * Answers the contacts whose addresses are busy: their events wait for the next round.
 */
export async function lockConsenting(tx: Tx, events: readonly OwnedEvent[]): Promise<Set<string>> {
  const people = events.filter(mayEnd).map(({ contactId, address }) => ({ contactId, address: normal(address) }));
  return people.length === 0 ? new Set() : lockFreeAddresses(tx, people);
}

/** By contact, what stands against the addresses of those whom `lockConsenting` is about. */
export async function readLiftable(
  tx: Tx,
  events: readonly OwnedEvent[],
  profiles: readonly ProfileRow[],
): Promise<Map<string, LiftableOptOut[]>> {
  const hashes = new Map<string, Set<string>>();
  for (const { contactId, address } of events.filter(mayEnd)) {
    const own = profiles.find(({ id }) => id === contactId)?.fields.email;
    const known = [...(hashes.get(contactId) ?? []), ...hashesOf([address, own])];
    hashes.set(contactId, new Set(known));
  }
  if (hashes.size === 0) return new Map();
  const standing = await readStanding(tx, [...new Set([...hashes.values()].flatMap((own) => [...own]))]);
  return new Map(
    [...hashes].map(([contactId, own]) => [contactId, standing.filter(({ addressHash: hash }) => own.has(hash))]),
  );
}

/** By contact, what those whom `lockConsenting` is about took back of mail before this batch. */
export async function readTakenBack(tx: Tx, events: readonly OwnedEvent[]): Promise<Map<string, StandingOptOut[]>> {
  const people = new Set(events.filter(mayEnd).map(({ contactId }) => contactId));
  return people.size === 0 ? new Map() : readWithdrawn(tx, [...people]);
}

function hashesOf(addresses: readonly unknown[]): string[] {
  return addresses.flatMap((address) => (typeof address === 'string' ? [addressHash(address)] : []));
}

function normal(address: string | null): string | null {
  return address === null ? null : normaliseAddress(address);
}

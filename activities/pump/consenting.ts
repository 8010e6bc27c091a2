import { addressHash, normaliseAddress } from '../../prisma/address';
import type { Tx } from '../../prisma/client';
import { lockFreeAddresses, readStanding, readWithdrawn } from '../../prisma/stores/consents';
import type { ProfileRow } from '../../prisma/stores/pump/contacts';
import { consentsIn, mayLift, maySayConsent, type StandingOptOut } from '../../workflows/domain/consent/consent';
import { personKey } from '../../workflows/domain/sending/opt-out';
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
  const people = ofConsenting(events).map(({ contactId, address }) => ({ contactId, address: normal(address) }));
  return people.length === 0 ? new Set() : lockFreeAddresses(tx, people);
}

/** Every event of those who consent: another than the one that says so may bring the address that they have then. */
function ofConsenting(events: readonly OwnedEvent[]): OwnedEvent[] {
  const consenting = new Set(events.filter(mayEnd).map(({ contactId }) => contactId));
  return events.filter(({ contactId }) => consenting.has(contactId));
}

/** By contact, what stands against those whom `lockConsenting` is about, and against their addresses. */
export async function readLiftable(
  tx: Tx,
  events: readonly OwnedEvent[],
  profiles: readonly ProfileRow[],
): Promise<Map<string, LiftableOptOut[]>> {
  const keys = new Map<string, Set<string>>();
  for (const { contactId, address } of ofConsenting(events)) {
    const own = profiles.find(({ id }) => id === contactId)?.fields.email;
    const known = [personKey(contactId), ...(keys.get(contactId) ?? []), ...hashesOf([address, own])];
    keys.set(contactId, new Set(known));
  }
  if (keys.size === 0) return new Map();
  const standing = await readStanding(tx, [...new Set([...keys.values()].flatMap((own) => [...own]))]);
  return new Map([...keys].map(([contactId, own]) => [contactId, standing.filter((row) => own.has(row.addressHash))]));
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

import type { Tx } from '../../prisma/client';
import { lockFreeAddresses, readStandingOf, readWithdrawn } from '../../prisma/stores/consents';
import { consentsIn, mayLift, maySayConsent, type StandingOptOut } from '../../workflows/domain/consent/consent';
import type { LiftableOptOut } from './fold/subject';
import type { OwnedEvent } from './owned-events';

/** Whether an event may end an opt-out. */
function mayEnd(event: OwnedEvent): boolean {
  return maySayConsent(event) && mayLift(event) && consentsIn(event.traits.consent).length > 0;
}

/**
 * Takes the locks of all addresses of those whose consent may end an opt-out: an opt-out either came first and is seen, or
 * waits. Answers the contacts whose addresses are busy: their events wait for the next round.
 */
export async function lockConsenting(tx: Tx, events: readonly OwnedEvent[]): Promise<Set<string>> {
  const people = consentingIn(events);
  return people.length === 0 ? new Set() : lockFreeAddresses(tx, people);
}

function consentingIn(events: readonly OwnedEvent[]): string[] {
  return [...new Set(events.filter(mayEnd).map(({ contactId }) => contactId))];
}

/** By contact, what stands against those whom `lockConsenting` is about, and at their addresses. */
export async function readLiftable(tx: Tx, events: readonly OwnedEvent[]): Promise<Map<string, LiftableOptOut[]>> {
  const people = consentingIn(events);
  return people.length === 0 ? new Map() : readStandingOf(tx, people);
}

/** By contact, what those whom `lockConsenting` is about took back of mail before this batch. */
export async function readTakenBack(tx: Tx, events: readonly OwnedEvent[]): Promise<Map<string, StandingOptOut[]>> {
  const people = consentingIn(events);
  return people.length === 0 ? new Map() : readWithdrawn(tx, people);
}

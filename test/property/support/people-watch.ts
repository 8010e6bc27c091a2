import type { World } from '../../../workflows/interpreter/virtual/world';
import type { Message } from './store';
import { Violation } from './watch';

/** What must hold of people whose records are made one, told apart from the code that makes them one. */
export class PeopleWatch {
  /** Address → the scopes that its owner opted out of. */
  private readonly barred = new Map<string, Set<string>>();
  /** Contact → every address that it ever had. */
  private readonly addresses = new Map<string, Set<string>>();
  private readonly joined = new Set<string>();

  look(world: World): void {
    for (const { id, fields, mergedInto } of world.contacts) {
      if (mergedInto !== undefined && !this.joined.has(id)) this.join(id, mergedInto);
      if (typeof fields['email'] === 'string') this.addressesOf(id).add(fields['email']);
    }
    lookAtRuns(world);
  }

  /** Both opted out of what either did, with every address of theirs. */
  private join(from: string, into: string): void {
    this.joined.add(from);
    // A visitor without an address brings nothing along.
    if (this.addressesOf(from).size === 0) return;
    const all = [...this.addressesOf(from), ...this.addressesOf(into)];
    for (const address of all) this.addressesOf(into).add(address);
    const scopes = all.flatMap((address) => [...(this.barred.get(address) ?? [])]);
    for (const address of all) this.barred.set(address, new Set(scopes));
  }

  optedOut(world: World, { id, address, topic }: { id: string; address: string | null; topic: boolean }): void {
    const person = world.contacts.find((row) => row.id === id)?.mergedInto ?? id;
    const { email } = world.contacts.find((row) => row.id === person)?.fields ?? {};
    for (const one of [address, email]) {
      if (typeof one !== 'string') continue;
      this.barred.set(one, new Set([...(this.barred.get(one) ?? []), topic ? 'topic:education' : 'global']));
    }
  }

  /** What it ends is told by the stores alone: from here on nothing is expected of those who agree. */
  agreed(): void {
    this.barred.clear();
  }

  lookAtBegin(world: World, { enrollmentId, visit, channel }: Message, deliveries: readonly Message[]): void {
    const send = world.sends.find(
      (row) => row.enrollmentId === enrollmentId && row.visit === visit && row.channel === channel,
    );
    if (!send) return;
    const scopes = this.barred.get(send.address ?? '') ?? new Set();
    if (
      channel === 'email' &&
      send.class === 'marketing' &&
      (scopes.has('global') || scopes.has(`topic:${send.topic}`))
    )
      throw new Violation('I11', `begin of visit ${visit} though its person opted out with another address`);
    const before = sentByNewer(world, send, deliveries);
    const earlier = world.visits.filter(
      (row) => row.enrollmentId === enrollmentId && row.visit < visit && row.stepId === send.stepId,
    );
    if (before > earlier.length) throw new Violation('I4', `${send.stepId} went out before, from a newer run`);
  }

  private addressesOf(id: string): Set<string> {
    const known = this.addresses.get(id) ?? new Set();
    this.addresses.set(id, known);
    return known;
  }
}

/** Messages of the same step that went out from newer runs of the journey, of records that were made one with this. */
function sentByNewer(
  { enrollments, visits }: World,
  { enrollmentId, stepId, channel }: { enrollmentId: string; stepId: string; channel: string },
  deliveries: readonly Message[],
): number {
  const own = enrollments.find(({ id }) => id === enrollmentId);
  const newer = enrollments.filter(
    ({ id, contactId, journeyKey, enteredAt }) =>
      own?.contactId === contactId && own.journeyKey === journeyKey && id !== own.id && enteredAt >= own.enteredAt,
  );
  return deliveries.filter(
    (one) =>
      one.channel === channel &&
      newer.some(({ id }) => id === one.enrollmentId) &&
      visits.some((row) => row.enrollmentId === one.enrollmentId && row.visit === one.visit && row.stepId === stepId),
  ).length;
}

/** One open run of a person in a journey. */
function lookAtRuns({ enrollments }: World): void {
  const going = enrollments.filter(({ status, yieldedTo }) => status !== 'finished' && yieldedTo === undefined);
  const keys = going.map(({ contactId, journeyKey }) => `${contactId}/${journeyKey}`);
  if (new Set(keys).size < keys.length) throw new Violation('I10', 'two open runs of one person in one journey');
}

import { consentsIn, lifts, mayLift } from '../../domain/consent/consent';
import { ownerOf } from './reading';
import { insideEvent } from './record';
import type { ContactRow, EventRow, SuppressionRow, World } from './world';

/** Tells of what an event says that the person agreed to, and ends the opt-outs that it came after. */
export function noteConsents(world: World, event: EventRow, contact: ContactRow): void {
  for (const { channel, topic, at } of consentsIn(event.traits.consent)) {
    const messageId = `contact.consented:${contact.id}:${event.seq}:${channel}:${topic}`;
    insideEvent(world, {
      ...{ type: 'contact.consented', messageId, contactId: contact.id, properties: { topic, channel } },
    });
    const given = { topic, at: Math.min(at ?? event.receivedAt, event.receivedAt) };
    if (channel === 'email' && mayLift(event) && isOwn(world, event, contact)) lift(world, contact, given);
  }
}

function lift(world: World, { fields }: ContactRow, given: { topic: string; at: number }): void {
  world.suppressions = world.suppressions.filter((row) => !isEnded(row, fields.email, given));
}

function isEnded(row: SuppressionRow, address: unknown, given: { topic: string; at: number }): boolean {
  const { channel = 'email', scope, reason, at = Infinity } = row;
  return channel === 'email' && row.address === address && lifts(given, { scope, reason, at });
}

/** Where the event names the address of somebody else, nothing is ended. */
function isOwn(world: World, { traits }: EventRow, { id }: ContactRow): boolean {
  return typeof traits.email !== 'string' || ownerOf(world, `email:${traits.email}`) === id;
}

import type { VisitOutcome } from '../../contract/visits';
import { expandEvent, isBehaviour } from '../../domain/events';
import type { Json } from '../../domain/json';
import { markOfWinner } from '../../domain/visits/marks';
import { setLeaving } from './people';
import { firstLateTurn, ownerOf } from './reading';
import { insideEvent } from './record';
import { mustFind, type ContactRow, type EventRow, type SubscriptionRow, type World } from './world';

/** One round: folds every accepted event that names somebody, first to last. What follows from them waits for the next. */
export function pump(world: World): number {
  const waiting = world.events.filter(({ turn }) => turn === null);
  return waiting.filter((event) => process(world, event)).length;
}

function process(world: World, event: EventRow): boolean {
  resolve(world, event);
  const contactId = event.keys.flatMap((key) => ownerOf(world, key) ?? [])[0];
  if (contactId === undefined) return false;
  const contact = mustFind(world.contacts, contactId);
  world.lastTurn += 1n;
  Object.assign(event, { turn: world.lastTurn, contactId });
  contact.lastTurn = world.lastTurn;
  const learned = learn(world, event, contact);
  for (const row of world.subscriptions.filter((one) => one.contactId === contactId).sort((a, b) => a.slot - b.slot)) {
    meet(world, event, row);
  }
  leave(world, { event, contact, learned });
  return true;
}

/** An address that is nobody's becomes a key of the contact that the event names. */
function resolve(world: World, { traits, keys }: EventRow): void {
  const { email } = traits;
  const owner = keys.flatMap((key) => ownerOf(world, key) ?? [])[0];
  if (typeof email !== 'string' || owner === undefined || world.identities.has(`email:${email}`)) return;
  world.identities.set(`email:${email}`, owner);
}

/** Fields and traits that an event tells of. Nobody takes the address of another. */
function learn(world: World, event: EventRow, contact: ContactRow): Record<string, Json> {
  const mine = Object.entries(event.traits).filter(
    ([name, value]) =>
      contact.fields[name] !== value &&
      (name !== 'email' || (typeof value === 'string' && ownerOf(world, `email:${value}`) === contact.id)),
  );
  const learned = Object.fromEntries(mine);
  if (mine.length === 0) return learned;
  Object.assign(contact.fields, learned);
  const properties = { changed: Object.keys(learned), values: learned, learned: true };
  const messageId = `contact.updated:${contact.id}:${event.seq}`;
  insideEvent(world, { type: 'contact.updated', messageId, contactId: contact.id, properties });
  return learned;
}

/** Ends the visit that this event was awaited by; slot −1 only knocks. PROTOCOL rule 4. */
function meet(world: World, event: EventRow, row: SubscriptionRow): void {
  const visit = world.visits.find((one) => one.enrollmentId === row.enrollmentId && one.visit === row.visit);
  if (!visit || visit.outcome !== null || event.turn === null) return;
  if (row.deadline !== null && event.receivedAt >= row.deadline) return;
  if (!isBehaviour(row, event) || !isAbout(world, event, row)) return;
  const { enrollmentId, slot } = row;
  if (slot < 0) {
    world.dispatches.push({ enrollmentId, kind: 'wake', visit: row.visit });
    return;
  }
  const outcome: VisitOutcome = `on:${slot}`;
  const firstLate = row.deadline === null ? null : firstLateTurn(world, row.contactId, row.deadline);
  const mark = markOfWinner(event.turn, firstLate);
  Object.assign(visit, { outcome, winnerSeq: event.seq, mark, leftAt: Math.max(event.receivedAt, visit.arrivedAt) });
  world.subscriptions = world.subscriptions.filter(
    (one) => one.enrollmentId !== enrollmentId || one.visit !== row.visit,
  );
  const reason = `${event.type} came before the wait was over`;
  const choice = { enrollmentId, visit: row.visit, stepId: visit.stepId, kind: 'wait', ordinal: 0, outcome, reason };
  world.decisions.push({ ...choice, at: event.receivedAt });
  world.dispatches.push({ enrollmentId, kind: 'wake', visit: row.visit, outcome });
}

function isAbout({ sends }: World, { sendId }: EventRow, { of, enrollmentId }: SubscriptionRow): boolean {
  if (of.length === 0) return true;
  const send = sends.find(({ id }) => id === sendId);
  return send !== undefined && send.enrollmentId === enrollmentId && of.includes(send.stepId);
}

interface Leaving {
  event: EventRow;
  contact: ContactRow;
  learned: Record<string, Json>;
}

/** Writes `leaving` where this event ends an open enrollment: its own exits first, then the default ones. */
function leave(world: World, it: Leaving): void {
  for (const { id, contactId, versionId } of world.enrollments) {
    const graph = world.graphs.get(versionId);
    if (contactId !== it.contact.id || !graph) continue;
    const own = graph.exits.find(({ event, where }) =>
      isBehaviour({ types: expandEvent(event), where: where ?? null }, it.event),
    );
    const outcome =
      (own && 'outcome' in own ? own.outcome : undefined) ??
      (graph.defaultExits ? defaultExit(world, it, graph.topic) : undefined);
    const cause = { kind: 'event', detail: `${it.event.type} ends it` };
    if (outcome !== undefined) setLeaving(world, id, { outcome, cause });
  }
}

function defaultExit({ settings }: World, { event, learned }: Leaving, topic: string): string | undefined {
  if (event.properties['machine'] === true) return undefined;
  const { type, properties } = event;
  const ends: Record<string, boolean> = {
    'meeting-booked': type === 'meeting.booked',
    replied: type === 'email.replied',
    customer: learned['lifecycleStage'] === 'customer',
    unsubscribed: type === 'email.unsubscribed' && [undefined, topic].includes(topicOf(properties['topic'])),
    'handoff-accepted': type === 'handoff.accepted',
  };
  return Object.keys(ends).find((name) => settings.defaultExits.includes(name) && ends[name]);
}

function topicOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

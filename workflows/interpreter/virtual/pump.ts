import type { VisitOutcome } from '../../contract/visits';
import { isBehaviour } from '../../domain/events';
import type { Json, JsonObject } from '../../domain/json';
import { settle } from '../../domain/people/settle';
import { diversionOutcome } from '../../domain/visits/diversion';
import { exitBy, type ExitRuling } from '../../domain/visits/exits';
import { markOfWinner } from '../../domain/visits/marks';
import { noteConsents } from './consents';
import { merge, type Merge } from './merge';
import { setLeaving } from './people';
import { firstLateTurn, ownerOf } from './reading';
import { insideEvent } from './record';
import { countEvent } from './scores';
import {
  mustFind,
  type ContactRow,
  type EnrollmentRow,
  type EventRow,
  type SubscriptionRow,
  type World,
} from './world';

/** One round: folds every accepted event that names somebody, first to last. What follows from them waits for the next. */
export function pump(world: World): number {
  const waiting = world.events.filter(({ turn }) => turn === null);
  for (const join of resolve(world, waiting)) merge(world, join);
  return waiting.filter((event) => process(world, event)).length;
}

function process(world: World, event: EventRow): boolean {
  const contactId = personOf(world, event);
  if (contactId === undefined) return false;
  const contact = mustFind(world.contacts, contactId);
  world.lastTurn += 1n;
  Object.assign(event, { turn: world.lastTurn, contactId });
  contact.lastTurn = world.lastTurn;
  const learned = learn(world, event, contact);
  noteConsents(world, event, contact);
  countEvent(world, event, contact);
  const exits = ruleOnExits(world, event, learned);
  divert(world, event, exits);
  for (const row of world.subscriptions.filter((one) => one.contactId === contactId).sort((a, b) => a.slot - b.slot)) {
    meet(world, event, row);
  }
  leave(world, event, exits);
  return true;
}

/**
 * Gives keys away for the whole round before anybody is joined: an address that is nobody's becomes a key of the contact
 * that its event names, and a visitor who is named beside somebody is to be joined with them. An opt-out that a join
 * spreads to all addresses so reaches those of the round, too.
 */
function resolve(world: World, waiting: readonly EventRow[]): Merge[] {
  const joins: Merge[] = [];
  const leadsTo = (id: string) => joins.reduce((at, { goes, stays }) => (at === goes ? stays : at), id);
  for (const event of waiting) {
    const person = personOf(world, event, leadsTo);
    const { email } = event.traits;
    if (person === undefined) continue;
    if (typeof email === 'string' && !world.identities.has(`email:${email}`))
      world.identities.set(`email:${email}`, person);
    for (const other of ownersOf(world, event, leadsTo)) {
      if (other === person || isKnown(world, other)) continue;
      for (const [key, owner] of world.identities) if (owner === other) world.identities.set(key, person);
      joins.push({ stays: person, goes: other, by: 'identity', cause: String(event.seq) });
    }
  }
  return joins;
}

/** Whom it is about: the contact that it names by id, else the first one known, else the first. */
function personOf(world: World, event: EventRow, leadsTo = (id: string) => id): string | undefined {
  const named = event.keys.find((key) => key.startsWith('contact:'));
  const owner = named && ownerOf(world, named);
  const owners = ownersOf(world, event, leadsTo);
  return (owner && leadsTo(owner)) ?? owners.find((id) => isKnown(world, id)) ?? owners[0];
}

function ownersOf(world: World, { keys }: EventRow, leadsTo = (id: string) => id): string[] {
  return [...new Set(keys.flatMap((key) => ownerOf(world, key) ?? []).map(leadsTo))];
}

function isKnown({ identities }: World, contactId: string): boolean {
  return [...identities].some(([key, owner]) => owner === contactId && !key.startsWith('anonymous:'));
}

/** Fields and traits that an event tells of. Nobody takes the address of another. */
function learn(world: World, event: EventRow, contact: ContactRow): Record<string, Json> {
  const mine = Object.entries(event.traits).filter(
    ([name, value]) =>
      contact.fields[name] !== value &&
      name !== 'consent' &&
      (name !== 'email' || (typeof value === 'string' && ownerOf(world, `email:${value}`) === contact.id)),
  );
  const learned = settled(world, contact, Object.fromEntries(mine));
  if (Object.keys(learned).length === 0) return learned;
  Object.assign(contact.fields, learned);
  const properties = { changed: Object.keys(learned), values: learned, learned: true };
  const messageId = `contact.updated:${contact.id}:${event.seq}`;
  insideEvent(world, { type: 'contact.updated', messageId, contactId: contact.id, properties });
  return learned;
}

/** Standard fields in their declared form, with what follows from them; what changes. */
function settled(world: World, contact: ContactRow, said: JsonObject): Record<string, Json> {
  const person = { fields: contact.fields, origins: contact.origins ?? {} };
  const { fields, origins } = settle(person, { fields: said, traits: {} }, world.settings);
  contact.origins = origins;
  const values = Object.entries({ ...said, ...fields });
  return Object.fromEntries(values.filter(([name, value]) => (contact.fields[name] ?? null) !== value));
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

interface Exiting {
  enrollment: EnrollmentRow;
  ruling: ExitRuling;
}

/** What this event does to each open enrollment of its contact; decided before it is done. */
function ruleOnExits(world: World, event: EventRow, learned: Record<string, Json>): Exiting[] {
  return world.enrollments.flatMap((enrollment) => {
    const graph = world.graphs.get(enrollment.versionId);
    if (enrollment.contactId !== event.contactId || enrollment.status === 'finished' || !graph) return [];
    if (enrollment.leaving !== null) return [];
    const diverted = enrollment.diverted !== null;
    const ruling = exitBy(graph, { event, learned, names: world.settings.defaultExits, diverted });
    return ruling ? [{ enrollment, ruling }] : [];
  });
}

/** Sends on whom this event meets an exit with `next` of: what the present visit was waiting for goes. */
function divert(world: World, event: EventRow, exits: readonly Exiting[]): void {
  for (const { enrollment, ruling } of exits) {
    if (ruling.kind !== 'divert') continue;
    const { id: enrollmentId, visit, stepId } = enrollment;
    const { seq, turn, receivedAt: at, type } = event;
    enrollment.diverted = { exit: ruling.exit, seq: String(seq), turn: String(turn), at, taken: null };
    world.subscriptions = world.subscriptions.filter((one) => one.enrollmentId !== enrollmentId);
    const reason = `after ${type} this journey goes on at ${ruling.next}`;
    const choice = { kind: 'diversion', ordinal: 0, outcome: diversionOutcome(ruling), reason, at };
    world.decisions.push({ enrollmentId, visit, stepId, ...choice });
    world.dispatches.push({ enrollmentId, kind: 'wake', visit: null });
  }
}

function leave(world: World, { type }: EventRow, exits: readonly Exiting[]): void {
  const cause = { kind: 'event', detail: `${type} ends it` };
  for (const { enrollment, ruling } of exits)
    if (ruling.kind === 'leave') setLeaving(world, enrollment.id, { outcome: ruling.outcome, cause });
}

import type { JsonObject } from '../../domain/json';
import { personKey } from '../../domain/sending/opt-out';
import { countGiven } from './consents';
import { covers } from './reading';
import { accept, insideEvent } from './record';
import { addressesOf, writeBar, type Bar } from './suppressions';
import { mustFind, type ContactRow, type HoldRow, type World } from './world';

/** Pauses what the hold covers. */
export function setHold(world: World, hold: Omit<HoldRow, 'liftedAt' | 'spreadMs'>): void {
  world.holds.push({ ...hold, liftedAt: null, spreadMs: 0 });
}

/** Lifts a pause: stamps it, and tells those whose status says held. They go on over `spreadMs`. */
export function liftHold(world: World, id: string, spreadMs: number): void {
  const hold = mustFind(world.holds, id);
  if (hold.liftedAt !== null) return;
  Object.assign(hold, { liftedAt: world.now, spreadMs });
  for (const enrollment of world.enrollments) {
    if (enrollment.status !== 'held' || !covers(hold, enrollment, heldStep(hold, enrollment.stepId))) continue;
    enrollment.status = 'active';
    world.dispatches.push({ enrollmentId: enrollment.id, kind: 'released', visit: null });
  }
}

/** A step's hold may keep somebody before the step, whose row still names the one before: all of the journey look. */
function heldStep(hold: HoldRow, stepId: string | null): string | null {
  return hold.scope === 'step' ? (hold.stepId ?? null) : stepId;
}

export interface Leaving {
  outcome: string;
  cause: { kind: string; detail?: string };
}

/** Writes why an enrollment is to leave; the first reason stays. Its wake-up names no visit, so it always wakes. */
export function setLeaving(world: World, enrollmentId: string, { outcome, cause }: Leaving): void {
  const enrollment = mustFind(world.enrollments, enrollmentId);
  if (enrollment.status === 'finished' || enrollment.leaving !== null) return;
  enrollment.leaving = outcome;
  enrollment.leavingCause = cause;
  world.dispatches.push({ enrollmentId, kind: 'wake', visit: null, outcome: 'leave' });
}

export interface OptOut {
  address: string;
  /** The person who said so: opted out with every address they have. */
  contactId: string;
  /** Null for everything. */
  topic: string | null;
  /** Names the link that it came by. */
  link: string;
}

/** Opts out an address, the person and all others of theirs, and ends the open enrollments that it concerns of everyone who has it. */
export function optOut(world: World, { address, contactId, topic, link }: OptOut): void {
  const given = mustFind(world.contacts, contactId);
  const scope = topic === null ? 'global' : `topic:${topic}`;
  const person = given.mergedInto ?? given.id;
  for (const { id } of bar(world, { address, person, scope, reason: 'unsubscribed' }))
    tellOfOptOut(world, { contactId: id, topic, link });
}

/** Somebody told an operator that they want no mail, or none about a topic; they need no address for that. */
export function withdraw(world: World, it: { contactId: string; topic: string | null; fact: string }): void {
  const { topic, fact } = it;
  const given = mustFind(world.contacts, it.contactId);
  const scope = topic === null ? 'global' : `topic:${topic}`;
  const person = given.mergedInto ?? given.id;
  for (const { id } of bar(world, { address: null, person, scope, reason: 'unsubscribed' })) {
    const told = { origin: 'api', messageId: `unsubscribe:${fact}:${id}`, type: 'email.unsubscribed' };
    const properties: JsonObject = topic === null ? {} : { topic };
    accept(world, { ...told, keys: [`contact:${id}`], properties, receivedAt: world.now });
  }
}

/** A provider tells that whoever has an address complained; `fact` names that once. */
export function complain(world: World, { address, fact }: { address: string; fact: string }): void {
  const person = world.identities.get(`email:${address}`) ?? null;
  for (const { id } of bar(world, { address, person, scope: 'global', reason: 'complained' })) {
    const told = { origin: 'test', messageId: `${fact}:${id}`, type: 'email.complained', properties: {} };
    accept(world, { ...told, keys: [`contact:${id}`], receivedAt: world.now });
  }
}

/** Opts out a number, and the person with all others of theirs, of SMS; journeys go on by other channels. */
export function stop(world: World, { phone, contactId }: { phone: string; contactId: string }): void {
  const given = mustFind(world.contacts, contactId);
  const person = given.mergedInto === undefined ? given : mustFind(world.contacts, given.mergedInto);
  const own = addressesOf(world, person).flatMap(({ channel, address }) => (channel === 'sms' ? address : []));
  for (const address of new Set([phone, ...own, personKey(person.id)])) {
    if (world.suppressions.some((row) => row.channel === 'sms' && row.address === address)) continue;
    writeBar(world, { channel: 'sms', address, scope: 'global', reason: 'unsubscribed', at: world.now });
  }
}

/** Answers everybody whom it concerns: the person, and whoever has an address of theirs. */
function bar(
  world: World,
  it: { address: string | null; person: string | null; scope: string; reason: string },
): ContactRow[] {
  const { person, scope, reason } = it;
  const own = person === null ? [] : addressesOf(world, mustFind(world.contacts, person));
  const addresses = new Set(
    [it.address ?? [], own.flatMap((one) => (one.channel === 'email' ? one.address : []))].flat(),
  );
  const concerned = world.contacts.filter(
    ({ id, fields: { email } }) => id === person || (typeof email === 'string' && addresses.has(email)),
  );
  const said = { channel: 'email' as const, scope, reason, at: world.now };
  for (const key of [...addresses, ...concerned.map(({ id }) => personKey(id))])
    writeBar(world, { ...said, address: key });
  for (const { id } of concerned) endRuns(world, id, said);
  return concerned;
}

/** The open runs of somebody that an opt-out concerns leave. */
export function endRuns(world: World, contactId: string, { scope, reason }: Pick<Bar, 'scope' | 'reason'>): void {
  const cause = { kind: 'opt-out', detail: `${reason} (${scope})` };
  for (const { id, contactId: of, versionId } of world.enrollments) {
    const isOfTopic = scope === 'global' || scope === `topic:${world.graphs.get(versionId)?.topic}`;
    if (of === contactId && isOfTopic) setLeaving(world, id, { outcome: reason, cause });
  }
}

function tellOfOptOut(world: World, it: { contactId: string; topic: string | null; link: string }): void {
  const { contactId, topic, link } = it;
  accept(world, {
    origin: 'link',
    messageId: `unsubscribe:${link}:${topic ?? ''}:${contactId}:${countGiven(world, contactId)}`,
    type: 'email.unsubscribed',
    keys: [`contact:${contactId}`],
    properties: topic === null ? {} : { topic },
    receivedAt: world.now,
  });
}

/** Writes a contact's address; nobody takes the address of another. */
export function patchAddress(world: World, contactId: string, email: string | null): void {
  const { fields, mergedInto } = mustFind(world.contacts, contactId);
  if (mergedInto !== undefined || fields['email'] === email) return;
  if (email !== null) {
    if ((world.identities.get(`email:${email}`) ?? contactId) !== contactId) return;
    world.identities.set(`email:${email}`, contactId);
  }
  fields['email'] = email;
  const properties = { changed: ['email'], values: { email } };
  const messageId = `contact.updated:${contactId}:patch:${world.lastSeq}`;
  insideEvent(world, { type: 'contact.updated', messageId, contactId, properties });
}

/** A person says that the last message of unknown fate may be sent once more. */
export function allowResend(world: World, enrollmentId: string): void {
  const unknown = world.sends.filter((row) => row.enrollmentId === enrollmentId && row.state === 'unknown');
  const last = unknown.sort((a, b) => a.visit - b.visit || (a.channel < b.channel ? -1 : 1)).at(-1);
  if (last) last.mayResend = true;
}

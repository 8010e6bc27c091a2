import { countGiven } from './consents';
import { covers } from './reading';
import { accept, insideEvent } from './record';
import { mustFind, type HoldRow, type World } from './world';

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
  /** The person who said so: opted out with the address they have now, too. */
  contactId: string;
  /** Null for everything. */
  topic: string | null;
  /** Names the link that it came by. */
  link: string;
}

/** Opts out an address and all others of the person, and ends the open enrollments that it concerns of everyone who has it. */
export function optOut(world: World, { address, contactId, topic, link }: OptOut): void {
  const given = mustFind(world.contacts, contactId);
  const person = given.mergedInto ? mustFind(world.contacts, given.mergedInto) : given;
  const own = [...world.identities].flatMap(([key, owner]) =>
    owner === person.id && key.startsWith('email:') ? key.slice('email:'.length) : [],
  );
  const addresses = [address, person.fields['email'], ...own].filter((one) => typeof one === 'string');
  const scope = topic === null ? 'global' : `topic:${topic}`;
  const concerned = world.contacts.filter(
    ({ id, fields }) => id === person.id || addresses.some((one) => one === fields['email']),
  );
  for (const one of new Set(addresses)) {
    const known = world.suppressions.find((row) => row.address === one && row.scope === scope);
    if (known) known.at = world.now;
    else world.suppressions.push({ address: one, scope, reason: 'unsubscribed', at: world.now });
  }
  const cause = { kind: 'opt-out', detail: `unsubscribed (${scope})` };
  for (const { id, contactId: of, versionId } of world.enrollments) {
    const isConcerned = concerned.some((contact) => contact.id === of);
    const isOfTopic = topic === null || world.graphs.get(versionId)?.topic === topic;
    if (isConcerned && isOfTopic) setLeaving(world, id, { outcome: 'unsubscribed', cause });
  }
  for (const { id } of concerned) tellOfOptOut(world, { contactId: id, topic, link });
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

import { textFields } from '../../../workflows/domain/contact-fields';
import type { Json, JsonObject } from '../../../workflows/domain/json';
import type { Folding, Learned } from './folding';
import type { Profile, TurnedEvent } from './subject';

/** What standard fields hold that traits of the same name set. `email` goes a way of its own. */
const standardFields: ReadonlyMap<string, 'text' | 'flag'> = new Map([
  ...textFields.map((name) => [name, 'text'] as const),
  ['targetAccount', 'flag'] as const,
]);

/** Never by a browser key: whoever reads the page's source could set them. */
const serverOnly: readonly string[] = ['owner', 'lifecycleStage'];

/** Writes into the profile what an event says about the contact, and tells of it in a `contact.updated`. */
export function learn(folding: Folding): Learned {
  const { subject, event, changes } = folding;
  const learned: Learned = {};
  const { profile } = subject;
  learnAddress(profile, event, learned);
  for (const [name, value] of Object.entries({ ...event.traits, ...campaignOf(event, profile) })) {
    if (standardFields.has(name)) learnField({ profile, event, learned }, name, value);
    else if (name !== 'email' && name !== '__proto__') learnTrait({ profile, event, learned }, name, value);
  }
  if (Object.keys(learned).length === 0) return learned;
  changes.profile = true;
  changes.inside.push({
    messageId: `contact.updated:${subject.id}:${event.seq}`,
    type: 'contact.updated',
    contactId: subject.id,
    // `learned`: what follows from the change itself has been done where it was learned.
    properties: { changed: Object.keys(learned), values: learned, learned: true },
    hops: event.hops + 1,
  });
  return learned;
}

interface Learning {
  profile: Profile;
  event: TurnedEvent;
  learned: Learned;
}

/** A browser may give an address to who has none, never change one; nobody takes the address of another. */
function learnAddress(profile: Profile, event: TurnedEvent, learned: Learned): void {
  const address = event.traits.email;
  if (typeof address !== 'string' || !event.ownsAddress || profile.fields.email === address) return;
  if (event.fromBrowser && isFilled(profile.fields.email)) return;
  learned.email = profile.fields.email = address;
}

function learnField({ profile, event, learned }: Learning, name: string, value: Json): void {
  const kind = standardFields.get(name);
  const next = kind === 'flag' ? flag(value) : text(value);
  const now = profile.fields[name] ?? null;
  if (next === undefined || next === now || !mayWrite({ name, event, now })) return;
  profile.fields[name] = next;
  learned[name] = next;
}

function learnTrait({ profile, event, learned }: Learning, name: string, value: Json): void {
  const now = Object.hasOwn(profile.traits, name) ? (profile.traits[name] ?? null) : null;
  if (JSON.stringify(now) === JSON.stringify(value)) return;
  if (event.fromBrowser && isFilled(now)) return;
  if (value === null) delete profile.traits[name];
  else profile.traits[name] = value;
  learned[`traits.${name}`] = value;
}

function mayWrite({ name, event, now }: { name: string; event: TurnedEvent; now: Json }): boolean {
  if (!event.fromBrowser) return true;
  if (Object.hasOwn(lastSeen, name)) return true;
  return !isFilled(now) && !serverOnly.includes(name);
}

function isFilled(value: Json | undefined): boolean {
  return value !== null && value !== undefined && value !== '';
}

const lastSeen = { lastSource: 'source', lastMedium: 'medium', lastCampaign: 'name' } as const;
const firstSeen = { firstSource: 'source', firstMedium: 'medium', firstCampaign: 'name' } as const;

/** Where they came from, of `context.campaign` as Segment's libraries fill it: the first stays, the last follows. */
function campaignOf({ context }: TurnedEvent, { fields }: Profile): JsonObject {
  const { campaign } = context;
  if (typeof campaign !== 'object' || campaign === null || Array.isArray(campaign)) return {};
  const isFirst = Object.keys(firstSeen).every((field) => !isFilled(fields[field]));
  const told: JsonObject = {};
  for (const [field, key] of Object.entries(isFirst ? { ...firstSeen, ...lastSeen } : lastSeen)) {
    const value = campaign[key];
    if (typeof value === 'string') told[field] = value;
  }
  return told;
}

/** Undefined for what such a field cannot hold. */
function text(value: Json): string | null | undefined {
  if (value === null) return null;
  if (typeof value === 'string') return value.trim() === '' ? null : value.trim();
  return typeof value === 'object' ? undefined : String(value);
}

function flag(value: Json): boolean | null | undefined {
  if (value === null || typeof value === 'boolean') return value;
  if (value === 'true') return true;
  return value === 'false' ? false : undefined;
}

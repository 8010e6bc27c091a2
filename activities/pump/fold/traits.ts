import { serverFields, textFields } from '../../../workflows/domain/contact-fields';
import type { Json, JsonObject } from '../../../workflows/domain/json';
import { groupFields, groupOf } from '../../../workflows/domain/people/group';
import { withOrigin } from '../../../workflows/domain/people/origins';
import { settle, type Said } from '../../../workflows/domain/people/settle';
import { changesOf, patchedTraits } from '../../../workflows/domain/updating/changes';
import { learnCompany } from './company';
import type { Folding, Learned } from './folding';
import type { Profile, TurnedEvent } from './subject';

/** Standard fields that traits of the same name set. `email` goes a way of its own. */
const standardFields: ReadonlySet<string> = new Set([...textFields, 'targetAccount']);

const serverOnly: readonly string[] = serverFields;

/** Not custom traits: an address and a consent go ways of their own, and the last would be no key. */
const ownWays: readonly string[] = ['email', 'consent', '__proto__'];

/** Writes into the profile what an event says about the contact, and tells of it in a `contact.updated`. */
export function learn(folding: Folding): Learned {
  const { subject, event, changes } = folding;
  const { profile } = subject;
  const before = { origins: profile.origins, companyId: profile.companyId };
  const learned: Learned = {};
  learnAddress(profile, event, learned);
  learnSaid(folding, learned);
  learnCompany(folding, learned);
  const told = Object.keys(learned).length > 0;
  changes.profile ||= told || profile.origins !== before.origins || profile.companyId !== before.companyId;
  if (!told) return learned;
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

/** A browser may give an address to who has none, never change one; nobody takes the address of another. */
function learnAddress(profile: Profile, event: TurnedEvent, learned: Learned): void {
  const address = event.traits.email;
  if (typeof address !== 'string' || !event.ownsAddress || profile.fields.email === address) return;
  if (event.fromBrowser && isFilled(profile.fields.email)) return;
  learned.email = profile.fields.email = address;
  const { givenAddress: given } = event;
  profile.origins = withOrigin(profile.origins, 'email', given === undefined ? {} : { given });
}

/** Fields and traits, each in its declared form. */
function learnSaid({ subject: { profile }, event, rules }: Folding, learned: Learned): void {
  const said = saidBy(event, profile);
  if (Object.keys(said.fields).length + Object.keys(said.traits).length === 0) return;
  const before = { ...profile.fields, traits: profile.traits };
  const { origins, ...patch } = settle({ fields: before, origins: profile.origins }, said, rules.people);
  Object.assign(learned, changesOf(before, patch));
  Object.assign(profile.fields, patch.fields);
  profile.traits = patchedTraits(before, patch.traits);
  profile.origins = origins;
}

/** What of an event's traits counts. Those of a group are its company's: the contact has them from there. */
function saidBy(event: TurnedEvent, profile: Profile): Said {
  const ofGroup: readonly string[] = groupOf(event) === null ? [] : groupFields;
  const said: Said = { fields: {}, traits: {} };
  for (const [name, value] of Object.entries({ ...event.traits, ...campaignOf(event, profile) })) {
    if (ownWays.includes(name) || ofGroup.includes(name)) continue;
    const isField = standardFields.has(name);
    const now = isField ? profile.fields[name] : own(profile.traits, name);
    if (!mayWrite({ name, event, now: now ?? null })) continue;
    (isField ? said.fields : said.traits)[name] = value;
  }
  return said;
}

function own(traits: JsonObject, name: string): Json {
  return Object.hasOwn(traits, name) ? (traits[name] ?? null) : null;
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

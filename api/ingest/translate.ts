import { createHash } from 'node:crypto';
import { v7 } from 'uuid';
import { isMailable, normaliseAddress } from '../../prisma/address';
import type { NewEvent } from '../../prisma/stores/events';
import { serverFields } from '../../workflows/domain/contact-fields';
import { isReserved } from '../../workflows/domain/events';
import type { JsonObject } from '../../workflows/domain/json';
import { pointerTo } from '../http/problems';
import { faultIn, textFault } from '../http/text';
import { problemItems } from '../http/validate';
import { furtherFields, itemSchema, type Item } from './item';
import { consentFaults } from './consent';
import { contactTraits, groupTraits } from './traits';
import { instantOf, occurredAt } from './when';

export const MAX_ITEM_BYTES = 32 * 1024;
const MAX_ITEM_DEPTH = 32;
const MAX_NAME = 200;

export interface ItemError {
  pointer: string;
  detail: string;
}

export interface Surroundings {
  /** Sent with a browser key. */
  browser: boolean;
  /** By a crawler that runs the scripts of pages: nobody's behaviour. */
  machine: boolean;
  receivedAt: Date;
  /** Of the batch, for items without one of their own. */
  sentAt: Date | null;
  /** settings.eventNames. */
  eventNames: Readonly<Record<string, string>>;
}

export type Translated =
  /** `token` is what the visitor brought along from a mail. */
  | { kind: 'event'; event: NewEvent; token: string | null }
  | { kind: 'rejected'; messageId: string | null; errors: ItemError[] };

/** One item of Segment's protocol as an event of ours, or everything that is wrong with it. */
export function translate(raw: unknown, around: Surroundings): Translated {
  const fault = faultIn(raw, MAX_ITEM_DEPTH);
  if (fault) return rejected(raw, [{ pointer: pointerTo(fault.path), detail: fault.detail }]);
  if (Buffer.byteLength(JSON.stringify(raw) ?? '') > MAX_ITEM_BYTES) {
    return rejected(raw, [{ pointer: '#', detail: `An event has at most ${MAX_ITEM_BYTES / 1024} KB.` }]);
  }
  const parsed = itemSchema.safeParse(raw);
  if (!parsed.success) {
    return rejected(
      raw,
      problemItems(parsed.error.issues, 'body').map(({ pointer, detail }) => ({ pointer, detail })),
    );
  }
  const item = parsed.data;
  const errors = [...idFaults(item), ...nameFaults(item, around), ...timeFaults(item), ...traitFaults(item, around)];
  return errors.length > 0
    ? rejected(raw, errors)
    : { kind: 'event', event: eventOf(item, around), token: tokenOf(item) };
}

function rejected(raw: unknown, errors: ItemError[]): Translated {
  const given = typeof raw === 'object' && raw !== null && 'messageId' in raw ? raw.messageId : null;
  const speakable = typeof given === 'string' && textFault(given) === null;
  return { kind: 'rejected', messageId: speakable ? given.slice(0, 512) : null, errors };
}

function idFaults(item: Item): ItemError[] {
  if (item.type === 'alias' && item.previousId === null) return [{ pointer: '#/previousId', detail: 'is missing' }];
  if (item.type === 'alias' && item.userId === null) return [{ pointer: '#/userId', detail: 'is missing' }];
  if (item.userId !== null || item.anonymousId !== null || emailOf(item) !== null) return [];
  return [{ pointer: '#/userId', detail: 'userId, anonymousId or an email trait is needed' }];
}

function nameFaults(item: Item, around: Surroundings): ItemError[] {
  if (item.type !== 'track') return [];
  const pointer = '#/event';
  if (!item.event?.trim()) return [{ pointer, detail: 'is missing' }];
  if (item.event.length > MAX_NAME) return [{ pointer, detail: `must have at most ${MAX_NAME} characters` }];
  if (!isReserved(item.event) && !isReserved(typeOf(item, around))) return [];
  return [{ pointer, detail: 'names of this kind are made by Nurture itself: choose another' }];
}

function timeFaults(item: Item): ItemError[] {
  return (['timestamp', 'originalTimestamp', 'sentAt'] as const).flatMap((name) => {
    const value = item[name];
    if (value === null || value === undefined || instantOf(value)) return [];
    return [{ pointer: `#/${name}`, detail: 'must be a date and time in ISO 8601' }];
  });
}

/** Who reads a page could else promote themselves or consent for others. */
const serverOnly = [...serverFields, 'consent'];

function traitFaults(item: Item, { browser }: Surroundings): ItemError[] {
  const email = item.traits.email;
  const bad =
    email !== undefined && email !== null && (typeof email !== 'string' || !isMailable(normaliseAddress(email)));
  const errors = bad ? [{ pointer: '#/traits/email', detail: 'is not an e-mail address' }] : [];
  const forbidden = browser ? serverOnly.filter((name) => name in item.traits) : [];
  const consent = browser ? [] : consentFaults(item.traits.consent);
  return [
    ...errors,
    ...consent,
    ...forbidden.map((name) => ({ pointer: `#/traits/${name}`, detail: 'needs a server key' })),
  ];
}

function eventOf(item: Item, around: Surroundings): NewEvent {
  const { receivedAt } = around;
  const timestamp = instant(item.timestamp) ?? instant(item.originalTimestamp);
  const keys = keysOf(item);
  return {
    origin: 'http',
    messageId: item.messageId ?? derivedId(item, timestamp),
    type: typeOf(item, around),
    keys,
    properties: { ...propertiesOf(item), ...(around.machine && { machine: true }) },
    traits: traitsOf(item, around),
    context: { ...withoutToken(item.context), ...further(item) },
    fromBrowser: around.browser,
    occurredAt: occurredAt({ timestamp, sentAt: instant(item.sentAt) ?? around.sentAt, receivedAt }),
  };
}

function tokenOf({ context: { nrt } }: Item): string | null {
  return typeof nrt === 'string' ? nrt : null;
}

function withoutToken({ nrt: _nrt, ...context }: JsonObject): JsonObject {
  return context;
}

function instant(text: string | null | undefined): Date | null {
  return text === null || text === undefined ? null : instantOf(text);
}

function typeOf(item: Item, { eventNames }: Surroundings): string {
  if (item.type === 'page') return 'page.viewed';
  if (item.type === 'screen') return 'screen.viewed';
  if (item.type !== 'track') return 'contact.identified';
  const name = (item.event ?? '').trim();
  return Object.hasOwn(eventNames, name) ? (eventNames[name] ?? name) : name;
}

/** The leading key decides where the event waits to be processed, and who it is about where keys disagree. */
function keysOf(item: Item): string[] {
  const email = emailOf(item);
  const before = item.type === 'alias' && item.previousId !== item.userId ? item.previousId : null;
  const keys = [
    item.userId === null ? null : `user:${item.userId}`,
    email === null ? null : `email:${email}`,
    before === null ? null : before.includes('@') ? `email:${normaliseAddress(before)}` : `anonymous:${before}`,
    item.anonymousId === null ? null : `anonymous:${item.anonymousId}`,
  ];
  return [...new Set(keys.filter((key) => key !== null))];
}

function emailOf({ type, traits }: Item): string | null {
  return type !== 'group' && typeof traits.email === 'string' ? normaliseAddress(traits.email) : null;
}

function propertiesOf(item: Item): JsonObject {
  if (item.type === 'track') return item.properties;
  if (item.type !== 'page' && item.type !== 'screen') return {};
  const named = { ...(item.name ? { name: item.name } : {}), ...(item.category ? { category: item.category } : {}) };
  return item.type === 'page'
    ? { ...pageOf(item.context), ...named, ...item.properties }
    : { ...named, ...item.properties };
}

/** A page call without properties of its own still says in its context where it was made. */
function pageOf({ page }: JsonObject): JsonObject {
  if (typeof page !== 'object' || page === null || Array.isArray(page)) return {};
  const wanted = ['url', 'path', 'title', 'referrer'];
  return Object.fromEntries(Object.entries(page).filter(([name]) => wanted.includes(name)));
}

function traitsOf(item: Item, { browser }: Surroundings): JsonObject {
  if (item.type === 'group') return groupTraits(item.groupId, item.traits);
  if (item.type !== 'identify') return {};
  const email = emailOf(item);
  const traits = contactTraits(email === null ? item.traits : { ...item.traits, email });
  const { timezone } = item.context;
  return browser && typeof timezone === 'string' ? { timezone, ...traits } : traits;
}

function further(item: Item): JsonObject {
  const fields = furtherFields(item);
  return Object.keys(fields).length === 0 ? {} : { further: fields as JsonObject };
}

/** Sent twice with the same time and content it is the same event; without a time nobody can tell. */
function derivedId(item: Item, timestamp: Date | null): string {
  if (!timestamp) return v7();
  const { type, userId, anonymousId, previousId, groupId, event, name, properties, traits } = item;
  const content = [type, userId, anonymousId, previousId, groupId, event, name, properties, traits, timestamp];
  return `content:${createHash('sha256').update(JSON.stringify(content)).digest('hex')}`;
}

import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../../../workflows/domain/json';
import { isPhone } from '../../../workflows/domain/sending/channel';

export type Preset = 'audience-add' | 'audience-remove' | 'direct-mail';

export interface WebhookSubject {
  preset?: Preset | undefined;
  journey: string;
  stepId: string;
  contactId: string;
  externalIds: readonly string[];
  contact: Record<string, Json>;
  with: JsonObject;
}

const types = {
  'audience-add': 'audience.add',
  'audience-remove': 'audience.remove',
  'direct-mail': 'direct_mail.requested',
} satisfies Record<Preset, string>;

/** Fields of a contact that leave with a webhook; custom ones only where `with` names their values. */
const publicFields = [
  ...['email', 'firstName', 'lastName', 'jobTitle', 'company', 'industry', 'companySize', 'country', 'language'],
  ...['timezone', 'phone', 'lifecycleStage'],
];

/** The body of a webhook: type, instant and data, as Standard Webhooks has it. */
export function webhookPayload(subject: WebhookSubject, at: Date): JsonObject {
  const { preset, journey, stepId, contactId } = subject;
  const common = { journey, stepId, contactId, with: subject.with };
  return {
    type: preset ? types[preset] : 'contact.message',
    timestamp: at.toISOString(),
    data: { ...common, ...dataOf(subject) },
  };
}

function dataOf({ preset, contact, externalIds }: WebhookSubject): JsonObject {
  switch (preset) {
    case 'audience-add':
    case 'audience-remove':
      return hashes(contact);
    case 'direct-mail':
      return { recipient: postal(contact) };
    case undefined:
      return { contact: { externalIds: [...externalIds], ...pick(contact) } };
  }
}

/** As advertising networks match them: nobody who does not know the address learns it. */
function hashes({ email, phone }: Record<string, Json>): JsonObject {
  const number = typeof phone === 'string' && isPhone(phone.trim()) ? phone.trim() : null;
  return {
    emailSha256: typeof email === 'string' ? sha256(email.trim().toLowerCase()) : null,
    phoneSha256: number && sha256(number),
    phoneDigitsSha256: number && sha256(number.slice(1)),
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The trait `address` has the shape in which Segment's libraries send it. */
function postal(contact: Record<string, Json>): JsonObject {
  const traits = asObject(contact['traits']);
  const address = asObject(traits['address']);
  const of = (...names: string[]): Json =>
    names.map((name) => address[name] ?? null).find((value) => value !== null) ?? null;
  const name = [contact['firstName'], contact['lastName']].filter((part) => typeof part === 'string').join(' ');
  return {
    name: name || null,
    company: contact['company'] ?? null,
    street: of('street', 'line1'),
    line2: of('line2'),
    postalCode: of('postalCode', 'zip'),
    city: of('city'),
    region: of('state', 'region'),
    country: of('country') ?? contact['country'] ?? null,
  };
}

function asObject(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function pick(contact: Record<string, Json>): JsonObject {
  return Object.fromEntries(publicFields.map((name) => [name, contact[name] ?? null]));
}

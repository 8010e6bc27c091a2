import { contactFields } from '../workflows/domain/contact-fields';
import type { Json, JsonObject } from '../workflows/domain/json';

/** What a template sees. Plain JSON only: no functions, no class instances. */
export interface MessageScope {
  contact: JsonObject;
  event: { properties: JsonObject };
  owner: JsonObject;
  with: JsonObject;
  unsubscribeUrl: string;
  [variable: string]: Json;
}

export interface ScopeInput {
  /** Standard fields by name, with `traits` among them; others are left out. */
  contact: Record<string, Json>;
  /** Properties of the event by which the person entered the journey. */
  entry: JsonObject;
  /** The template's own variables with their defaults. */
  variables?: JsonObject | undefined;
  /** Who the contact's `owner` turned out to be. */
  owner?: Owner | null | undefined;
  /** For what staff are told. */
  score?: JsonObject | undefined;
  /** The step's values: they win over the defaults, unless there is none (an entry property that is missing). */
  with?: JsonObject | undefined;
  unsubscribeUrl: string;
}

export interface Owner {
  name: string;
  email: string;
  meetingUrl?: string | undefined;
}

/** Puts together what one message is rendered with. Values of `with` stand under `with.*` and at the top level. */
export function messageScope(input: ScopeInput): MessageScope {
  const { contact, entry, variables, with: values, owner, score, unsubscribeUrl } = input;
  const given = Object.entries(values ?? {}).filter(([, value]) => value !== null);
  const own = { ...variables, ...Object.fromEntries(given) };
  return {
    ...own,
    with: own,
    contact: { ...contactScope(contact), ...(score && { score }) },
    event: { properties: entry },
    owner: ownerScope(contact.owner ?? null, owner),
    unsubscribeUrl,
  };
}

/** A person about whom nothing is known but the address. */
export function emptyScope(variables: JsonObject | undefined): MessageScope {
  return messageScope({ contact: {}, entry: {}, variables, unsubscribeUrl: 'https://example.com/u/x' });
}

/** Whether a variable's path leads to something that a message may have. */
export function isKnownPath(path: readonly (string | number)[], variables: JsonObject | undefined): boolean {
  const [root, field, ...rest] = path;
  if (root === 'contact') {
    if (field === 'traits') return true;
    return rest.length === 0 && contactFields.some((name) => name === field);
  }
  if (root === 'event') return field === 'properties';
  if (root === 'owner' || root === 'with') return true;
  if (root === 'unsubscribeUrl') return field === undefined;
  return typeof root === 'string' && variables !== undefined && Object.hasOwn(variables, root);
}

function contactScope(contact: Record<string, Json>): JsonObject {
  const fields = contactFields.map((name) => [name, contact[name] ?? null] as const);
  return { ...Object.fromEntries(fields), traits: contact.traits ?? {} };
}

function ownerScope(owner: Json, known: Owner | null | undefined): JsonObject {
  if (known) return { name: known.name, email: known.email, meetingUrl: known.meetingUrl ?? null };
  const name = typeof owner === 'string' ? owner : null;
  return { name, email: name?.includes('@') ? name : null, meetingUrl: null };
}

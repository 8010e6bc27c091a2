import { textFields, type TextField } from '../contact-fields';
import { entryPath, filledValue } from '../entry-values';
import type { Json, JsonObject } from '../json';
import { traitsOf, type ContactPatch } from './changes';

/** What an update step says; the shape of the compiled graph. */
export interface Update {
  set: JsonObject;
  tags: { add: readonly string[]; remove: readonly string[] };
}

/** New values, and what could not be written: field → why. */
export interface PlannedUpdate {
  patch: ContactPatch;
  refused: Record<string, string>;
}

const LONGEST_TEXT = 500;
const LONGEST_NAME = 200;

/**
 * The patch that an update step makes of a contact, held to what the API takes from people. A value that a field cannot
 * hold is refused by itself: the other ones are written. A property that the entry event lacks changes nothing.
 */
export function plannedUpdate(
  { set, tags }: Update,
  { fields, entry }: { fields: Record<string, Json>; entry: JsonObject },
): PlannedUpdate {
  const planned: PlannedUpdate = { patch: { fields: {}, traits: {} }, refused: {} };
  for (const [name, given] of Object.entries(set)) {
    const value = filledValue(given, entry);
    if (value === null && entryPath(given) !== null) planned.refused[name] = 'the entry event does not have it';
    else write(planned, name, value);
  }
  if (tags.add.length + tags.remove.length === 0) return planned;
  const { traits } = planned.patch;
  const before = Object.hasOwn(traits, 'tags') ? traits['tags'] : traitsOf(fields)['tags'];
  traits['tags'] = retagged(before ?? null, tags);
  return planned;
}

/** Tags are a list of texts without doubles; capitals make no other tag, and the first spelling stays. */
export function retagged(before: Json, { add, remove }: Update['tags']): string[] {
  const had = Array.isArray(before) ? before.filter((tag) => typeof tag === 'string') : textList(before);
  const gone = new Set(remove.map(folded));
  const kept = new Map<string, string>();
  for (const tag of [...had.filter((one) => !gone.has(folded(one))), ...add]) {
    const text = tag.trim();
    if (text !== '' && !kept.has(folded(text))) kept.set(folded(text), text);
  }
  return [...kept.values()];
}

function textList(value: Json): string[] {
  return typeof value === 'string' ? [value] : [];
}

function folded(tag: string): string {
  return tag.trim().normalize('NFC').toLowerCase();
}

function write({ patch, refused }: PlannedUpdate, name: string, value: Json): void {
  if (name.startsWith('traits.')) {
    const trait = name.slice('traits.'.length);
    if (trait === '' || trait === '__proto__' || trait.length > LONGEST_NAME)
      refused[name] = 'this is no name of a trait';
    else patch.traits[trait] = value;
  } else if (isTextField(name)) {
    const text = textOf(value);
    if (text === undefined) refused[name] = `it holds text of 1 to ${LONGEST_TEXT} characters`;
    else patch.fields[name] = text;
  } else if (name === 'targetAccount') {
    const flag = flagOf(value);
    if (flag === undefined) refused[name] = 'it holds true or false';
    else patch.fields.targetAccount = flag;
  } else {
    refused[name] = name === 'email' ? 'a journey does not change addresses' : 'there is no such field';
  }
}

function isTextField(name: string): name is TextField {
  return textFields.some((field) => field === name);
}

/** Undefined for what such a field cannot hold. */
function textOf(value: Json): string | null | undefined {
  if (value === null) return null;
  if (typeof value === 'object') return undefined;
  const text = String(value).trim();
  return text === '' || text.length > LONGEST_TEXT ? undefined : text;
}

function flagOf(value: Json): boolean | null | undefined {
  if (value === null || typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : undefined;
}

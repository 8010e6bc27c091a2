import { contactFields, derivedFields } from '../contact-fields';
import type { Json, JsonObject } from '../json';
import { traitsOf, type ContactPatch } from '../updating/changes';
import { normaliseField, type Hints, type PeopleRules } from './normalise';
import { withOrigin, type Origins } from './origins';
import { titleOf } from './titles';

/** What is known of somebody; `traits` are among the fields. */
export interface Person {
  fields: Readonly<Record<string, Json>>;
  origins: Origins;
}

/** What somebody says of a contact: fields by name, and custom traits. */
export interface Said {
  fields: Record<string, Json | undefined>;
  traits: JsonObject;
}

/** New values in the form in which they are stored, and where all values come from then. */
export interface Settled extends ContactPatch {
  origins: Origins;
}

/**
 * What is to be written of what somebody says: each value in its declared form with what was said beside it, and what
 * follows from it (level and department from the job title, a phone number from the country). All writers go through it.
 */
export function settle(person: Person, said: Said, rules: PeopleRules): Settled {
  const settling: Settling = {
    hints: { country: person.fields['country'], rules },
    settled: { fields: {}, traits: {}, origins: person.origins },
  };
  // The country comes first: phone numbers are read by it.
  for (const name of Object.keys(said.fields).sort((a, b) => Number(b === 'country') - Number(a === 'country')))
    writeField(settling, name, said.fields[name]);
  for (const [name, value] of Object.entries(said.traits)) writeTrait(settling, name, value);
  readPhoneAgain(settling, person);
  return settling.settled;
}

/** Everything that is unclear, or that somebody said in other words, read again: lists and rules may have grown. */
export function settleAgain({ fields, origins }: Person, rules: PeopleRules): Settled {
  const own = Object.entries(fields).filter(([name, value]) => value !== null && mayBeRead(name, origins));
  const said = {
    fields: Object.fromEntries(own.map(([name, value]) => [name, origins[name]?.given ?? value])),
    traits: Object.fromEntries(
      Object.entries(traitsOf({ traits: fields['traits'] ?? null })).map(([name, value]) => [
        name,
        origins[`traits.${name}`]?.given ?? value,
      ]),
    ),
  };
  return settle({ fields, origins }, said, rules);
}

const unread: readonly string[] = ['traits', 'email', ...derivedFields];

function mayBeRead(name: string, origins: Origins): boolean {
  const { from, given, unclear } = origins[name] ?? {};
  // A number that was read by the country of then would become somebody else's by that of today.
  const isReadPhone = name === 'phone' && given !== undefined && unclear === undefined;
  return !unread.includes(name) && from === undefined && !isReadPhone;
}

interface Settling {
  hints: Hints;
  settled: Settled;
}

function writeField({ hints, settled }: Settling, name: string, value: Json | undefined): void {
  const read = value === undefined ? undefined : normaliseField(name, value, hints);
  if (!read) return;
  const { value: next, ...origin } = read;
  if (!put(settled.fields, name, next)) return;
  settled.origins = withOrigin(settled.origins, name, origin);
  if (name === 'country') hints.country = next;
  if (name === 'jobTitle') writeTitle(settled, typeof next === 'string' ? next : '');
}

function writeTitle(settled: Settled, title: string): void {
  const said = titleOf(title);
  for (const name of derivedFields) {
    settled.fields[name] = said[name];
    settled.origins = withOrigin(settled.origins, name, said[name] === null ? {} : { from: 'title' });
  }
}

function writeTrait({ hints, settled }: Settling, name: string, value: Json): void {
  const field = `traits.${name}`;
  const { value: next = null, ...origin } = normaliseField(field, value, hints) ?? { value };
  settled.traits[name] = next;
  settled.origins = withOrigin(settled.origins, field, origin);
}

/** A number without a country code becomes one when it is known where the contact is. */
function readPhoneAgain({ hints, settled }: Settling, { fields, origins }: Person): void {
  if (!('country' in settled.fields) || 'phone' in settled.fields || !origins['phone']?.unclear) return;
  const read = normaliseField('phone', origins['phone'].given ?? fields['phone'] ?? null, hints);
  if (!read || read.unclear) return;
  put(settled.fields, 'phone', read.value);
  settled.origins = withOrigin(settled.origins, 'phone', read.given === undefined ? {} : { given: read.given });
}

type TextName = Exclude<(typeof contactFields)[number], 'targetAccount'>;

function isTextName(name: string): name is TextName {
  return name !== 'targetAccount' && contactFields.some((known) => known === name);
}

/** False where there is no such field, or it cannot hold the value. */
function put(fields: ContactPatch['fields'], name: string, value: Json): boolean {
  if (name === 'targetAccount' && (value === null || typeof value === 'boolean')) fields.targetAccount = value;
  else if (isTextName(name) && (value === null || typeof value === 'string')) fields[name] = value;
  else return false;
  return true;
}

import type { Json } from '../json';
import { isPhone } from '../sending/channel';
import { zoneNamed } from '../timing/zone';
import { sizeBandOf } from './company-size';
import { countryOf } from './country';
import { industryOf, type Industry } from './industries';
import { languageOf } from './language';
import { phoneOf } from './phone';
import { asDeclared, type DeclaredTrait } from './typed-trait';

/** What a company says about fields beyond what everybody does: a part of the settings. */
export interface PeopleRules {
  /** Custom traits by what they hold. */
  traits: readonly DeclaredTrait[];
  /** Industries beside the declared ones. */
  industries: readonly Industry[];
}

export const plainRules: PeopleRules = { traits: [], industries: [] };

export interface Hints {
  /** The contact's country, as it is stored. */
  country?: Json | undefined;
  rules?: PeopleRules;
}

export interface Normalised {
  value: Json;
  /** What was said, where it was said otherwise. */
  given?: Json;
  /** It could not be read: the value is as given. */
  unclear?: true;
}

/** Of what was said; null for what it cannot be. */
type Reader = (text: string, hints: Hints) => string | null;

const readers: Readonly<Record<string, Reader>> = {
  email: (text) => text.toLowerCase(),
  country: countryOf,
  language: languageOf,
  companySize: sizeBandOf,
  timezone: zoneNamed,
  industry: (text, { rules = plainRules }) => industryOf(text, rules.industries),
  phone: (text, { country }) => phoneOf(text, typeof country === 'string' ? country : null),
};

/**
 * What a field, or a trait as `traits.<name>`, holds of what somebody said: a code, a band, a number, plain text. What
 * cannot be read stays as it was given, and is said to be unclear. Undefined for what such a field cannot hold at all.
 */
export function normaliseField(name: string, value: Json, hints: Hints = {}): Normalised | undefined {
  if (name.startsWith('traits.')) return normaliseTrait(name.slice('traits.'.length), value, hints);
  if (value === null) return { value: null };
  if (name === 'targetAccount') return flagField(value);
  if (typeof value === 'object') return undefined;
  const text = String(value).normalize('NFC').trim();
  if (text === '') return { value: null };
  const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
  if (!read) return { value: text };
  const found = read(text, hints);
  if (found !== null) return found === text ? { value: text } : { value: found, given: text };
  return name === 'phone' ? unclearPhone(text) : { value: text, unclear: true };
}

/** A number that nobody seems to have is still called if it is written as one. */
function unclearPhone(text: string): Normalised {
  const plain = text.replace(/[\s().\-/]/g, '');
  return isPhone(plain) && plain !== text
    ? { value: plain, given: text, unclear: true }
    : { value: text, unclear: true };
}

function flagField(value: Json): Normalised | undefined {
  const flag = asDeclared('flag', value);
  return flag === undefined ? undefined : { value: flag };
}

function normaliseTrait(key: string, value: Json, { rules = plainRules }: Hints): Normalised {
  const declared = rules.traits.find((trait) => trait.key === key);
  if (!declared || value === null) return { value };
  const read = asDeclared(declared.type, value);
  if (read === undefined) return { value, unclear: true };
  return JSON.stringify(read) === JSON.stringify(value) ? { value } : { value: read, given: value };
}

import { IANAZone } from 'luxon';
import { countryCode, mainZoneOf } from './country';

/** What is known of where somebody is, as given. */
export interface Whereabouts {
  timezone?: unknown;
  country?: unknown;
}

/**
 * The time zone that a contact lives by: their own if it is a valid IANA name (aliases such as `US/Eastern` are), else
 * the main zone of their country, else the default, else UTC.
 */
export function contactZone({ timezone, country }: Whereabouts, fallback: string): string {
  return validZone(timezone) ?? zoneOfCountry(country) ?? validZone(fallback) ?? 'UTC';
}

/** The zone by its IANA name, spaces taken for the underscores they stand for; null if there is none of that name. */
export function validZone(zone: unknown): string | null {
  if (typeof zone !== 'string') return null;
  const name = zone.trim().replaceAll(' ', '_');
  return spellingOf(name) === null ? null : name;
}

/** The zone in the one spelling that everybody who lives in it shares, whatever the case or age of the name; else null. */
export function zoneNamed(text: string): string | null {
  const name = validZone(text);
  return name === null ? null : spellingOf(name);
}

/** Asking costs a formatter each time, and the same few names come for every effect; people may write anything. */
const KEPT = 1000;
const asked = new Map<string, string | null>();

function spellingOf(name: string): string | null {
  const known = asked.get(name);
  if (known !== undefined) return known;
  const isValid = IANAZone.isValidZone(name);
  const spelling = isValid ? new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone : null;
  if (asked.size >= KEPT) asked.clear();
  asked.set(name, spelling);
  return spelling;
}

function zoneOfCountry(country: unknown): string | null {
  const code = countryCode(country);
  return code === null ? null : validZone(mainZoneOf(code));
}

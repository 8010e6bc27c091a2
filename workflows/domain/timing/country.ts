import { mainZones } from './main-zones';
import { countriesPackage } from './packages';

/** Languages in which the name of a country is understood, besides its ISO code. */
const languages = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'sv'];

/** What people write that is in no list of names. */
const nicknames: Readonly<Record<string, string>> = {
  usa: 'US',
  'united states of america': 'US',
  uk: 'GB',
  'great britain': 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  'northern ireland': 'GB',
  holland: 'NL',
  'czech republic': 'CZ',
  uae: 'AE',
  korea: 'KR',
  'republic of korea': 'KR',
  'viet nam': 'VN',
  'russian federation': 'RU',
  brasil: 'BR',
};

let byName: Map<string, string> | null = null;
/** Put together anew by the package each time it is asked. */
let all: Record<string, { timezones: string[] }> | null = null;

/** The ISO code (two letters, upper case) of what a contact's country says: a code, or a country's name. Null if neither. */
export function countryCode(country: unknown): string | null {
  if (typeof country !== 'string') return null;
  const text = country.trim();
  if (/^[a-z]{2}$/i.test(text) && known(text.toUpperCase())) return text.toUpperCase();
  byName ??= namesOfCountries();
  return byName.get(fold(text)) ?? null;
}

/** An IANA name; null for a country without people. */
export function mainZoneOf(code: string): string | null {
  return mainZones[code] ?? known(code)?.timezones[0] ?? null;
}

function known(code: string): { timezones: string[] } | undefined {
  all ??= countriesPackage().getAllCountries();
  return Object.hasOwn(all, code) ? all[code] : undefined;
}

/** Costs some milliseconds, so it waits for the first contact whose country is no code. */
function namesOfCountries(): Map<string, string> {
  const names = new Map<string, string>();
  const codes = Object.values(countriesPackage().getAllCountries());
  const tongues = languages.map((language) => new Intl.DisplayNames([language], { type: 'region', fallback: 'none' }));
  for (const { id, name } of codes) {
    for (const called of [name, ...tongues.map((tongue) => tongue.of(id))]) {
      if (called !== undefined && !names.has(fold(called))) names.set(fold(called), id);
    }
  }
  for (const [nickname, code] of Object.entries(nicknames)) names.set(nickname, code);
  return names;
}

/** Case, accents and punctuation make no difference. */
function fold(name: string): string {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.replace(/[.’']/g, '').replace(/^the /, '').trim();
}

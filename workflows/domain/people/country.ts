import { NameIndex, spellingsOf } from './fold';
import { countryNames, type CountryNames } from './packages';

/** What people write that is in no list of names, or stands there for two countries. */
const nicknames: Readonly<Record<string, string>> = {
  america: 'US',
  'the states': 'US',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  'northern ireland': 'GB',
  britain: 'GB',
  eire: 'IE',
  'republic of ireland': 'IE',
  holland: 'NL',
  korea: 'KR',
  'viet nam': 'VN',
  emirates: 'AE',
  'hong kong sar': 'HK',
  macao: 'MO',
  'mainland china': 'CN',
  prc: 'CN',
  brd: 'DE',
  schweiz: 'CH',
  turkiye: 'TR',
};

let index: NameIndex | null = null;

/** The ISO 3166 code (two letters, upper case) of a country's code or name in any of many languages; null for neither. */
export function countryOf(text: string): string | null {
  const plain = text.trim();
  const names = countryNames();
  if (/^[a-z]{2}$/i.test(plain) && names.isValid(plain.toUpperCase())) return plain.toUpperCase();
  if (/^[a-z]{3}$/i.test(plain)) {
    const code = names.alpha3ToAlpha2(plain.toUpperCase());
    if (code !== undefined) return code;
  }
  index ??= indexOf(names);
  const [whole = '', bare = ''] = spellingsOf(plain);
  return index.findFirst([whole, whole.replace(/^the\s+/i, ''), bare]);
}

function indexOf(names: CountryNames): NameIndex {
  const found = new NameIndex();
  for (const language of names.getSupportedLanguages()) {
    for (const [code, called] of Object.entries(names.getNames(language, { select: 'all' }))) {
      for (const name of called) found.add(name, code);
    }
  }
  for (const [name, code] of spokenNames(names)) if (!found.knows(name)) found.set(name, code);
  for (const [nickname, code] of Object.entries(nicknames)) found.set(nickname, code);
  return found;
}

/** Languages whose lists have official names alone ("États-Unis d’Amérique"): what people say is in ICU. */
const spokenIn = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'sv', 'da', 'fi', 'cs'];

function spokenNames(names: CountryNames): [name: string, code: string][] {
  const codes = Object.keys(names.getNames('en', { select: 'all' }));
  return spokenIn.flatMap((language) => {
    const tongue = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
    return codes.flatMap((code): [string, string][] => {
      const name = tongue.of(code);
      return name === undefined ? [] : [[name, code]];
    });
  });
}

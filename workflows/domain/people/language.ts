import { NameIndex, spellingsOf } from './fold';
import { languageNames } from './packages';

/** Codes of before 1989, and names that stand in the list for two languages or with an addition. */
const oldCodes: Readonly<Record<string, string>> = { iw: 'he', in: 'id', ji: 'yi', jw: 'jv', mo: 'ro' };
const nicknames: Readonly<Record<string, string>> = {
  greek: 'el',
  hebrew: 'he',
  mandarin: 'zh',
  cantonese: 'zh',
  'simplified chinese': 'zh',
  'traditional chinese': 'zh',
  farsi: 'fa',
  flemish: 'nl',
  vlaams: 'nl',
  castellano: 'es',
  castilian: 'es',
  'brazilian portuguese': 'pt',
  'swiss german': 'de',
  schweizerdeutsch: 'de',
  norsk: 'no',
  bokmal: 'nb',
  nynorsk: 'nn',
};

let index: NameIndex | null = null;

/** The ISO 639-1 code (two letters, lower case) of a language's code, locale, or name in many languages; else null. */
export function languageOf(text: string): string | null {
  const plain = text.trim();
  const [, code = ''] = /^([a-z]{2,3})(?:[-_][a-z0-9-_@.]+)?$/i.exec(plain) ?? [];
  const known = code === '' ? null : codeOf(code.toLowerCase());
  if (known !== null) return known;
  index ??= indexOf(languageNames());
  return index.findFirst(spellingsOf(plain));
}

function codeOf(code: string): string | null {
  if (Object.hasOwn(oldCodes, code)) return oldCodes[code] ?? null;
  const names = languageNames();
  if (!names.isValid(code)) return null;
  return code.length === 2 ? code : (names.toAlpha2(code) ?? null);
}

function indexOf(names: ReturnType<typeof languageNames>): NameIndex {
  const found = new NameIndex();
  for (const language of names.langs()) {
    for (const [code, name] of Object.entries(names.getNames(language))) found.add(name, code);
  }
  for (const [nickname, code] of Object.entries(nicknames)) found.set(nickname, code);
  return found;
}

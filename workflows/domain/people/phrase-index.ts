/** What was found at a word: what it means, and how many words it took. */
export interface Found<Meaning> {
  meaning: Meaning;
  words: number;
}

interface Phrase<Meaning> {
  words: readonly string[];
  meaning: Meaning;
}

/** Finds phrases in a line of words. Longer phrases go before shorter ones, and whole words before parts of words. */
export class PhraseIndex<Meaning> {
  private readonly phrases = new Map<string, Phrase<Meaning>[]>();
  private readonly beginnings: { part: string; meaning: Meaning }[] = [];
  private readonly endings: { part: string; meaning: Meaning }[] = [];

  /** Adds a list of phrases, parted by commas; of equal phrases the first stays. */
  add(list: string, meaning: Meaning): this {
    for (const text of list.split(',')) for (const spelling of spellings(text)) this.addOne(spelling, meaning);
    return this;
  }

  private addOne(text: string, meaning: Meaning): void {
    const words = wordsOf(text);
    if (text.includes('*')) {
      const [part = ''] = words;
      const parts = text.trim().startsWith('*') ? this.endings : this.beginnings;
      if (!parts.some((known) => known.part === part)) parts.push({ part, meaning });
      parts.sort((a, b) => b.part.length - a.part.length);
      return;
    }
    const [first = ''] = words;
    const others = this.phrases.get(first) ?? [];
    if (others.some((known) => known.words.join(' ') === words.join(' '))) return;
    this.phrases.set(
      first,
      [...others, { words, meaning }].sort((a, b) => b.words.length - a.words.length),
    );
  }

  /** What begins at this word; null where nothing does. */
  at(words: readonly string[], index: number): Found<Meaning> | null {
    const word = words[index] ?? '';
    for (const { words: wanted, meaning } of this.phrases.get(word) ?? []) {
      if (wanted.every((one, offset) => words[index + offset] === one)) return { meaning, words: wanted.length };
    }
    // Compounds: shorter words are no compounds.
    if (word.length < 6) return null;
    for (const { part, meaning } of this.endings) if (word.endsWith(part)) return { meaning, words: 1 };
    for (const { part, meaning } of this.beginnings) if (word.startsWith(part)) return { meaning, words: 1 };
    return null;
  }
}

/** Umlauts are written in two ways. */
function spellings(text: string): string[] {
  const long = text.replace(/[äöü]/g, (letter) => ({ ä: 'ae', ö: 'oe', ü: 'ue' })[letter] ?? letter);
  return long === text ? [text] : [text, long];
}

/** The words of a text as they are compared: without case, accents and what is no letter. */
export function wordsOf(text: string): string[] {
  return plain(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

function plain(text: string): string {
  // `d'équipe` and `l'innovation` are two words, `president's` is one.
  const lower = text
    .toLowerCase()
    .replace(/(?<!\p{L})([dl]|qu)['’](?=\p{L})/gu, ' ')
    .replace(/['’`´]/g, '');
  if (/^[\x00-\x7f]*$/.test(lower)) return lower;
  return lower
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .replace(/[ßœæøł]/g, (letter) => ({ ß: 'ss', œ: 'oe', æ: 'ae', ø: 'o', ł: 'l' })[letter] ?? letter);
}

/** The form in which names are compared: case, accents, punctuation and doubled blanks make no difference. */
export function folded(name: string): string {
  // Only the accents of Latin, Greek and Cyrillic: in other scripts marks are vowels.
  const plain = name
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase();
  return plain
    .replace(/[.’'`]/g, '')
    .replace(/&/g, ' and ')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
}

/** Longer than any name: what is written on is not looked up. */
const LONGEST = 200;

/** What somebody may have written of a name, with and without additions in brackets: "Netherlands (the)". */
export function spellingsOf(text: string): string[] {
  const plain = text.trim();
  return plain.length > LONGEST ? [] : [plain, plain.replace(/[([][^()[\]]*[)\]]/g, ' ')];
}

/** Names to keys; a name that stands for two of them names neither. */
export class NameIndex {
  private readonly keys = new Map<string, string | null>();

  add(name: string, key: string): void {
    const plain = folded(name);
    const known = this.keys.get(plain);
    this.keys.set(plain, known === undefined || known === key ? key : null);
  }

  /** Whatever else the name may stand for. */
  set(name: string, key: string): void {
    this.keys.set(folded(name), key);
  }

  /** Though perhaps for two. */
  knows(name: string): boolean {
    return this.keys.has(folded(name));
  }

  find(name: string): string | null {
    return this.keys.get(folded(name)) ?? null;
  }

  /** The first of these names that stands for one. */
  findFirst(names: readonly string[]): string | null {
    for (const name of names) {
      const key = this.find(name);
      if (key !== null) return key;
    }
    return null;
  }
}

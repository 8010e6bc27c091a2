/** Whose the keys of a row are; two people are told by their ids, where both have one. */
export type Met = { kind: 'new' } | { kind: 'known' } | { kind: 'two'; ids: [string, string] | null };

interface Owner {
  /** Null of somebody whom an earlier row will have created. */
  id: string | null;
}

/** Who rows are about, in the order of their file: a key of nobody becomes that of whom the row's other key names. */
export class RowPeople {
  private readonly ownerOf = new Map<string, Owner>();

  /** Knows the owners of keys: key → id. */
  constructor(owners: ReadonlyMap<string, string>) {
    const people = new Map<string, Owner>();
    for (const [key, id] of owners) {
      const owner = people.get(id) ?? { id };
      people.set(id, owner);
      this.ownerOf.set(key, owner);
    }
  }

  /** Takes the next row in, unless it names two people. */
  meet(keys: readonly string[]): Met {
    const found = [...new Set(keys.flatMap((key) => this.ownerOf.get(key) ?? []))];
    const [first, second] = found;
    if (first && second) return { kind: 'two', ids: first.id && second.id ? [first.id, second.id] : null };
    const owner = first ?? { id: null };
    for (const key of keys) this.ownerOf.set(key, owner);
    return { kind: first ? 'known' : 'new' };
  }
}

/** A line that stands in the ledger, and what it says, for comparison. */
export interface StoredLine {
  id: string;
  at: number;
  says: string;
}

/** What is to go, and what is to be written. */
export interface LedgerDiff<T> {
  gone: string[];
  added: T[];
}

/**
 * What a count makes new of lines that stand already. Lines of one instant go and come together: their order is that in
 * which they were written. Both are in order.
 */
export function diffLines<T extends { at: number }>(
  stored: readonly StoredLine[],
  counted: readonly T[],
  says: (line: T) => string,
): LedgerDiff<T> {
  const before = byInstant(stored);
  const after = byInstant(counted);
  const stays = (at: number) => {
    const [old = [], own = []] = [before.get(at), after.get(at)];
    return old.length === own.length && own.every((line, place) => says(line) === old[place]?.says);
  };
  return {
    gone: [...before].flatMap(([at, lines]) => (stays(at) ? [] : lines.map(({ id }) => id))),
    added: [...after].flatMap(([at, lines]) => (stays(at) ? [] : lines)),
  };
}

function byInstant<T extends { at: number }>(lines: readonly T[]): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const line of lines) {
    const group = groups.get(line.at);
    if (group) group.push(line);
    else groups.set(line.at, [line]);
  }
  return groups;
}

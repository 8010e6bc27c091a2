/** What is wrong with a document, where, and what to do about it. */
export interface Problem {
  /** JSON Pointer into the document; empty for all of it. */
  path: string;
  /** From 1; null where the document did not come as text. */
  line: number | null;
  message: string;
  hint?: string;
}

export type Path = readonly (string | number)[];

/** A problem whose line is not looked up yet. */
export interface Complaint {
  path: Path;
  /** Line of the text that stands there, from 1. */
  row?: number;
  message: string;
  hint?: string;
}

export function pointer(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** "did you mean `x`?" for the candidate that is at most two keystrokes away. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const limit = word.length <= 3 ? 1 : 2;
  const near = [...candidates]
    .map((candidate) => ({ candidate, distance: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter((found) => found.distance <= limit)
    .sort((a, b) => a.distance - b.distance)[0];
  return near && `did you mean \`${near.candidate}\`?`;
}

/** Keystrokes between two words; two neighbours swapped are one. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2 || a.length > 64) return 3;
  let older: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next[j] = Math.min(
        cell(row, j) + 1,
        cell(next, j - 1) + 1,
        cell(row, j - 1) + same,
        swapped ? cell(older, j - 2) + 1 : Infinity,
      );
    }
    [older, row] = [row, next];
  }
  return cell(row, b.length);
}

function cell(row: number[], index: number): number {
  return row[index] ?? Infinity;
}

export function listed(words: Iterable<string>): string {
  return [...words].map((word) => `\`${word}\``).join(', ');
}

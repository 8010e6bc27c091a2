import Table from 'cli-table3';
import pc from 'picocolors';
import type { Finding } from './folder/finding';

/** Where a command writes; tests hand in their own. */
export interface Output {
  /** The result: text for people, or JSON. */
  print(text: string): void;
  /** Progress and errors. */
  tell(text: string): void;
}

export const terminal: Output = {
  print: (text) => process.stdout.write(`${text}\n`),
  tell: (text) => process.stderr.write(`${text}\n`),
};

/** `file:line  message (hint)`, as editors and people can follow. */
export function findingLine({ file, line, message, hint }: Finding): string {
  const place = pc.bold(line === null ? file : `${file}:${line}`);
  return `${place}  ${message}${hint === undefined ? '' : pc.dim(` (${hint})`)}`;
}

/** A table without rules, columns two spaces apart; long cells wrap within `widths`. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], widths: number[] = []): string {
  const lines = new Table({
    head: head.map((cell) => pc.dim(cell)),
    chars: bare,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    wordWrap: true,
    colWidths: widths,
  });
  lines.push(...rows.map((row) => [...row]));
  return lines
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

const bare = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '' },
};

/** "3 journeys", "1 journey". */
export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

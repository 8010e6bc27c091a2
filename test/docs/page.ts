import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '../..');

/** Pages with commands, in the order in which one reader on one stack goes through them. */
export const walks = [
  'README.md',
  'docs/first-event.md',
  'docs/api.md',
  'docs/find-a-person.md',
  'docs/contacts.md',
  'docs/segments.md',
  'docs/score-model.md',
  'docs/scores.md',
  'docs/versions.md',
  'docs/channels.md',
  'docs/operating.md',
  'docs/intervening.md',
  'docs/many-people.md',
  'docs/importing.md',
  'docs/forms.md',
  'docs/merging.md',
  'docs/cli.md',
  'docs/website.md',
];

/** A fenced block of a page. */
export interface Block {
  /** `README.md:42`, for titles and messages. */
  place: string;
  language: string;
  text: string;
}

/** Every fenced block, first to last. Throws on a fence that is never closed. */
export function blocksOf(path: string): Block[] {
  const lines = readFileSync(join(ROOT, path), 'utf8').split('\n');
  const blocks: Block[] = [];
  let open: { line: number; language: string; from: number } | null = null;
  for (const [index, line] of lines.entries()) {
    const fence = /^```(\w*)$/.exec(line);
    if (!fence) continue;
    if (open) {
      const text = lines.slice(open.from, index).join('\n');
      blocks.push({ place: `${path}:${open.line}`, language: open.language, text });
    }
    open = open ? null : { line: index + 1, language: fence[1] ?? '', from: index + 1 };
  }
  if (open) throw new Error(`${path}:${open.line} is never closed`);
  return blocks;
}

export interface Step {
  command: Block;
  /** The `console` block that follows at once: what it is said to print. */
  output: Block | null;
}

/** The `sh` blocks of a page with their outputs. */
export function stepsOf(path: string): Step[] {
  const blocks = blocksOf(path);
  return blocks.flatMap((command, index) => {
    if (command.language !== 'sh') return [];
    const next = blocks[index + 1];
    return [{ command, output: next?.language === 'console' ? next : null }];
  });
}

/** Blocks of code that the reader saves: the first line is a comment with the file's name. */
export function filesOf(path: string): { name: string; text: string; place: string }[] {
  return blocksOf(path).flatMap(({ language, text, place }) => {
    if (language !== 'js' && language !== 'ts') return [];
    const name = /^\/\/ ([\w.-]+)\n/.exec(text)?.[1];
    if (!name) throw new Error(`${place} does not say which file it is`);
    return [{ name, text, place }];
  });
}

import { createTwoFilesPatch } from 'diff';
import pc from 'picocolors';
import { soundFolder } from '../folder/sound-folder';
import { count, type Output } from '../output';
import { exitCodes } from '../refusal';
import type { Server } from '../server/client';
import { compare, nameOf, type Change } from '../server/compare';

/** Shows what differs between a folder and the server's drafts, line by line. Answers the exit code: 1 if anything does. */
export async function diff(
  folder: string,
  { json, server }: { json: boolean; server: Server },
  out: Output,
): Promise<number> {
  const changes = (await compare(await soundFolder(folder), server)).filter(({ state }) => state !== 'same');
  if (json)
    out.print(
      JSON.stringify({ changes: changes.map(({ kind, key, file, state }) => ({ kind, key, file, state })) }, null, 2),
    );
  else if (changes.length === 0) out.print('Nothing differs.');
  else
    out.print(
      [
        ...changes.map(patchOf),
        `${count(changes.length, 'file')} differ${changes.length === 1 ? 's' : ''} from ${server.url}.`,
      ].join('\n'),
    );
  return changes.length === 0 ? 0 : exitCodes.findings;
}

function patchOf(change: Change): string {
  const { file, there, here } = change;
  const patch = createTwoFilesPatch(`server: ${nameOf(change)}`, file, there, here, undefined, undefined, {
    context: 2,
  });
  return patch.split('\n').slice(1).map(coloured).join('\n').trimEnd();
}

function coloured(line: string): string {
  if (line.startsWith('+')) return pc.green(line);
  if (line.startsWith('-')) return pc.red(line);
  return line.startsWith('@') ? pc.dim(line) : line;
}

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import { SCORE_MODEL } from '../folder/read-folder';
import { count, type Output } from '../output';
import { exitCodes } from '../refusal';
import type { Server } from '../server/client';
import { journeyText, templateText } from '../server/compare';
import { keysOf, storedJourney, storedScoreModel, storedTemplate } from '../server/stored';

export interface PullOptions {
  server: Server;
  /** Writes over files that differ. */
  force: boolean;
  json: boolean;
}

interface Pulled {
  file: string;
  text: string;
  state: 'new' | 'same' | 'written' | 'kept';
}

/** Writes the server's drafts into a folder. A file that differs is kept, unless told otherwise; then the exit code is 1. */
export async function pull(folder: string, { server, force, json }: PullOptions, out: Output): Promise<number> {
  const files = await draftsOf(server, folder);
  mkdirSync(join(folder, 'templates'), { recursive: true });
  const pulled = files.map(({ file, text }): Pulled => {
    const state = stateOf(file, text, force);
    if (state === 'new' || state === 'written') writeFileSync(file, text);
    return { file, text, state };
  });
  const kept = pulled.filter(({ state }) => state === 'kept');
  if (json) out.print(JSON.stringify({ files: pulled.map(({ file, state }) => ({ file, state })) }, null, 2));
  else out.print(textOf(pulled));
  return kept.length === 0 ? 0 : exitCodes.findings;
}

async function draftsOf(server: Server, folder: string): Promise<{ file: string; text: string }[]> {
  const files: { file: string; text: string }[] = [];
  for (const key of await keysOf(server, '/v1/templates')) {
    const stored = await storedTemplate(server, key);
    if (stored) files.push({ file: join(folder, 'templates', `${key}.yaml`), text: templateText(stored.template) });
  }
  for (const key of await keysOf(server, '/v1/journeys')) {
    const stored = await storedJourney(server, key);
    if (stored) files.push({ file: join(folder, `${key}.yaml`), text: journeyText(stored.text) });
  }
  const model = await storedScoreModel(server);
  if (model) files.push({ file: join(folder, `${SCORE_MODEL}.yaml`), text: journeyText(model.text) });
  return files;
}

function stateOf(file: string, text: string, force: boolean): Pulled['state'] {
  if (!existsSync(file)) return 'new';
  if (readFileSync(file, 'utf8') === text) return 'same';
  return force ? 'written' : 'kept';
}

function textOf(pulled: readonly Pulled[]): string {
  const lines = pulled
    .filter(({ state }) => state !== 'same')
    .map(({ file, state }) =>
      state === 'kept' ? pc.yellow(`kept     ${file}: it differs`) : `${state.padEnd(8)} ${file}`,
    );
  const kept = pulled.filter(({ state }) => state === 'kept').length;
  const hint =
    kept === 0
      ? []
      : [`${count(kept, 'file')} kept. \`nurture diff\` shows how they differ, --force writes over them.`];
  const same = pulled.filter(({ state }) => state === 'same').length;
  return [...lines, `${count(pulled.length, 'file')}, ${same} of them the same as here.`, ...hint].join('\n');
}

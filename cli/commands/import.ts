import { createReadStream, createWriteStream, statSync } from 'node:fs';
import { extname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { table, type Output } from '../output';
import { exitCodes, Refusal } from '../refusal';
import type { Server } from '../server/client';
import { handIn, importOf, type Imported, type ImportPlan } from '../server/imports';

export interface ImportOptions extends ImportPlan {
  server: Server;
  json: boolean;
}

const types: Readonly<Record<string, string>> = {
  ...{ '.csv': 'text/csv', '.txt': 'text/csv', '.tsv': 'text/tab-separated-values' },
  ...{ '.ndjson': 'application/x-ndjson', '.jsonl': 'application/x-ndjson' },
};
const MB = 1024 ** 2;
const EVERY_MS = 500;

/**
 * Brings people in by a file, and follows it to its end. Refused rows are written beside the file, to be mended and sent
 * again; then the exit code is 1.
 */
export async function importFile(file: string, { server, json, ...plan }: ImportOptions, out: Output): Promise<number> {
  const content = read(file, sizeOf(file), out);
  const id = await handIn(server, { content, type: typeOf(file) }, plan);
  const ended = await follow(server, id, out);
  if (ended.state !== 'done')
    throw new Refusal('server', `The import was ${ended.state}${ended.error === null ? '' : `: ${ended.error}`}.`);
  const refused = ended.progress.refused ?? 0;
  const errors = refused === 0 ? null : await saveErrors(server, { id, file });
  if (json) out.print(JSON.stringify({ id, ...ended, errors }, null, 2));
  else out.print(textOf(ended, { dryRun: plan.dryRun, errors }));
  return refused === 0 ? 0 : exitCodes.findings;
}

function typeOf(file: string): string {
  const type = types[extname(file).toLowerCase()];
  if (type) return type;
  throw new Refusal('usage', `${file} is of no kind that is read.`, `Name it ${Object.keys(types).join(', ')}.`);
}

/** Tells how much was sent with every tenth of it. */
async function* read(file: string, size: number, out: Output): AsyncGenerator<Uint8Array> {
  let sent = 0;
  for await (const chunk of createReadStream(file)) {
    if (!(chunk instanceof Uint8Array)) continue; // no encoding is set
    yield chunk;
    const tenths = Math.floor((10 * sent) / size);
    sent += chunk.length;
    if (Math.floor((10 * sent) / size) > tenths)
      out.tell(`  sent ${(sent / MB).toFixed(1)} of ${(size / MB).toFixed(1)} MB`);
  }
}

function sizeOf(file: string): number {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) throw new Refusal('usage', `There is no file ${file}.`);
  return found.size;
}

async function follow(server: Server, id: string, out: Output): Promise<Imported> {
  let told = '';
  for (;;) {
    const now = await importOf(server, id);
    const progress = progressOf(now);
    if (progress !== told) out.tell(`  ${progress}`);
    told = progress;
    if (now.state !== 'queued' && now.state !== 'running') return now;
    await pause(EVERY_MS);
  }
}

function progressOf({ state, progress, secondsLeft }: Imported): string {
  const { total = 0, done = 0, refused = 0 } = progress;
  const left = state === 'running' && secondsLeft !== null ? [`some ${secondsLeft} s left`] : [];
  return [`${state}, ${done + refused} of ${total} rows`, ...left].join(', ');
}

async function saveErrors(server: Server, { id, file }: { id: string; file: string }): Promise<string> {
  const ending = extname(file);
  const errors = `${file.slice(0, -ending.length)}.errors${ending}`;
  await pipeline(await server.download(`/v1/imports/${id}/errors`), createWriteStream(errors));
  return errors;
}

/** Rows that are shown of a dry run. */
const SHOWN = 5;

function textOf(
  { mapping, notes, progress, result }: Imported,
  it: { dryRun: boolean; errors: string | null },
): string {
  const { created = 0, updated = 0, refused = 0, optedOut = 0, conflicts = 0 } = progress;
  const would = it.dryRun ? 'would be ' : '';
  const columns = Object.entries(mapping).map(([column, target]) => [
    column,
    target === 'skip' ? '(not read)' : target,
  ]);
  const rows = (result?.rows ?? []).slice(0, SHOWN).map(rowText);
  const unclear = Object.entries(result?.unclear ?? {}).map(([field, count]) => `${field} (${count})`);
  return [
    ...(it.dryRun && columns.length > 0 ? [table(['column', 'read as'], columns)] : []),
    ...notes,
    ...(rows.length > 0 ? ['The first rows as they would be stored:', ...rows] : []),
    ...(unclear.length > 0 ? [`Values that nobody can read stay as they are: ${unclear.join(', ')}`] : []),
    `${created} ${would}created, ${updated} ${would}updated, ${refused} ${would}refused.`,
    ...(optedOut > 0 ? [`${optedOut} ${would}opted out.`] : []),
    ...(conflicts > 0 ? [`${conflicts} named two people: \`/v1/duplicates?rule=named-together\` shows them.`] : []),
    ...(it.errors === null ? [] : [`The refused rows, with the reasons: ${it.errors}`]),
  ].join('\n');
}

/** Whom a row is about, and what would be stored of it. */
function rowText({ line, email, externalId, ...fields }: Record<string, unknown>): string {
  const who = [email, externalId].filter((key) => typeof key === 'string').join(' / ');
  const shown = Object.entries(fields).map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return `  line ${String(line)}: ${[who, ...shown].join(', ')}`;
}

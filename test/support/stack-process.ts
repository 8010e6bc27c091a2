import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { z } from 'zod';
import { isRunning, type ProcessRef } from '../../stack/process-identity';
import { poll } from './poll';
import { testTemporalBinary } from './temporal';

const ROOT = join(__dirname, '../..');
const factsSchema = z.looseObject({
  apiUrl: z.string(),
  apiKey: z.string(),
  temporalAddress: z.string(),
  databaseUrl: z.string(),
  pid: z.number(),
});
const recordSchema = z.object({
  servers: z.array(z.object({ name: z.string(), ref: z.object({ pid: z.number(), started: z.string() }) })),
});
export type Facts = z.infer<typeof factsSchema>;

/** `npm start` in a process of its own, which may be killed. */
export interface StackProcess {
  pid: number;
  /** What it printed so far. */
  output: () => string;
  /** Its dev.json; waits for it. Throws with the output when the process ends before. */
  ready: () => Promise<Facts>;
  kill: (signal: NodeJS.Signals) => void;
  /** Exit code, or the signal it died of. */
  exit: Promise<number | NodeJS.Signals | null>;
}

const started: { kill: (signal: NodeJS.Signals) => void }[] = [];

/** A NURTURE_HOME of one's own; PostgreSQL may run as another user, so it is open for reading. */
export function temporaryHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'nurture-home-'));
  chmodSync(home, 0o755);
  return home;
}

/** Free ports, demo off, the cached Temporal, unless `env` says otherwise. */
export async function spawnStack(home: string, env: Record<string, string> = {}): Promise<StackProcess> {
  const defaults = {
    PORT: '0',
    TEMPORAL_UI_PORT: '0',
    NURTURE_DEMO: '0',
    TEMPORAL_CLI_PATH: await testTemporalBinary(),
  };
  const child = spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'stack/main.ts')], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NURTURE_HOME: home, ...defaults, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  let ended = false;
  const exit = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('close', (code, signal) => {
      ended = true;
      resolve(code ?? signal);
    });
  });
  const kill = (signal: NodeJS.Signals) => void child.kill(signal);
  started.push({ kill });
  const ready = () => poll('dev.json', () => (ended ? fail(output) : factsOf(home, child.pid)), { timeoutMs: 60_000 });
  return { pid: child.pid ?? 0, output: () => output, ready, kill, exit };
}

/** Ends what a failed test left running. */
export function killStacks(): void {
  for (const { kill } of started.splice(0)) kill('SIGKILL');
}

/** The server processes that a stack has recorded, by name. */
export function serversOf(home: string): Record<string, ProcessRef> {
  const { servers } = recordSchema.parse(JSON.parse(readFileSync(join(home, 'stack.json'), 'utf8')));
  return Object.fromEntries(servers.map(({ name, ref }) => [name, ref]));
}

export function runningOf(refs: Record<string, ProcessRef>): string[] {
  return Object.entries(refs)
    .filter(([, ref]) => isRunning(ref))
    .map(([name]) => name);
}

/** Removes the folder once its servers are gone. */
export async function removeHome(home: string): Promise<void> {
  const refs = existsSync(join(home, 'stack.json')) ? serversOf(home) : {};
  await poll('the servers to end', () => runningOf(refs).length === 0, { timeoutMs: 20_000 });
  rmSync(home, { recursive: true, force: true });
}

function factsOf(home: string, pid: number | undefined): Facts | null {
  const file = join(home, 'dev.json');
  if (!existsSync(file)) return null;
  const facts = factsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return facts.pid === pid ? facts : null;
}

function fail(output: string): never {
  throw new Error(`the stack ended:\n${output}`);
}

/** A PATH with what the stack itself calls, and surely without `temporal`. */
export function pathWithoutTemporal(home: string): string {
  const dir = join(home, 'path');
  mkdirSync(dir);
  const places = (process.env.PATH ?? '').split(delimiter);
  for (const name of ['node', 'python3', 'sh', 'sed', 'cut', 'id', 'sleep', 'ps']) {
    const found = places.map((place) => join(place, name)).find((path) => statSync(path, { throwIfNoEntry: false }));
    if (found) symlinkSync(found, join(dir, name));
  }
  return dir;
}

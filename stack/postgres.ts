import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { reasonOf } from '../prisma/error-reason';
import { lastLines, startGuarded, type GuardedProcess } from './guarded-process';
import { anyFreePort } from './ports';
import { findBinaries, findServerUser, type PostgresBinaries } from './postgres-binaries';
import { endProcess, processRef, type ProcessRef } from './process-identity';

const exec = promisify(execFile);

export interface PostgresOptions {
  dataDir: string;
  logFile: string;
  password: string;
  /** Some free port when absent. */
  port?: number;
  /** Server parameters, such as `{ fsync: 'off' }`. */
  settings?: Record<string, string | number>;
  onSpawn?: (ref: ProcessRef) => void;
}

export interface PostgresServer extends GuardedProcess {
  port: number;
  /** Connection string of one of its databases. */
  url(database: string): string;
}

type ServerUser = Awaited<ReturnType<typeof findServerUser>>;

/**
 * Starts a private PostgreSQL on loopback from the embedded binaries, making the data directory first if need be. Ends
 * a server that a dead predecessor left on the directory. Resolves when it answers; it ends when this process does.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const dataDir = resolve(options.dataDir);
  const binaries = findBinaries();
  const user = await findServerUser();
  await endLeftover(dataDir);
  if (!existsSync(join(dataDir, 'PG_VERSION'))) await initialise(dataDir, options.password, { binaries, user });
  const port = options.port ?? (await anyFreePort());
  const server = await launch({ ...options, dataDir, port }, { binaries, user });
  return { ...server, port, url: (database) => urlOf(port, options.password, database) };
}

/** Makes the database when it is not there. */
export async function ensureDatabase(server: PostgresServer, name: string): Promise<void> {
  const client = new pg.Client(server.url('postgres'));
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (!rowCount) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

/** Made beside its place and then moved: a start that was interrupted leaves nothing that looks like a database. */
async function initialise(dataDir: string, password: string, how: { binaries: PostgresBinaries; user: ServerUser }) {
  const unfinished = `${dataDir}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  const passwordFile = join(dirname(dataDir), `.password-${randomUUID()}`);
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (how.user) for (const path of [unfinished, passwordFile]) chownSync(path, how.user.uid, how.user.gid);
  const args = [
    '-D',
    unfinished,
    '-U',
    'postgres',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
  ];
  args.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C');
  try {
    await exec(how.binaries.initdb, args, { ...how.user, env: environment(), cwd: '/' });
    renameSync(unfinished, dataDir);
  } catch (error) {
    throw new Error(`initdb failed: ${detailOf(error)}${reachHint(error, how.user, dataDir)}`, { cause: error });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

async function launch(
  options: PostgresOptions & { port: number },
  { binaries, user }: { binaries: PostgresBinaries; user: ServerUser },
): Promise<GuardedProcess> {
  const server = await startGuarded({
    name: 'postgres',
    command: binaries.postgres,
    args: ['-D', options.dataDir, ...settingArgs(options)],
    env: environment(),
    ...(user && { user: { uid: user.uid, gid: user.gid } }),
    stopSignal: 'SIGINT', // fast shutdown: sessions are cut, nothing is lost
    stopGraceMs: 10_000,
    logFile: options.logFile,
    ...(options.onSpawn && { onSpawn: options.onSpawn }),
  });
  let ended = false;
  void server.exited.then(() => (ended = true));
  const url = urlOf(options.port, options.password, 'postgres');
  for (const end = performance.now() + 60_000; !(await answers(url)); await sleep(30)) {
    if (!ended && performance.now() < end) continue;
    await server.stop();
    throw new Error(`PostgreSQL did not start on ${options.dataDir}:\n${lastLines(options.logFile)}`);
  }
  return server;
}

function settingArgs({ port, settings }: PostgresOptions & { port: number }): string[] {
  const all = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    max_connections: 200,
    ...settings,
  };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code?.startsWith('28')) throw error;
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The directory's own pid file names the server on it; a number that is no PostgreSQL any more is ignored. */
async function endLeftover(dataDir: string): Promise<void> {
  const pidFile = join(dataDir, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  const ref = isPostgres(pid) ? processRef(pid) : null;
  if (ref) await endProcess(ref, 'SIGINT', 10_000);
}

function isPostgres(pid: number): boolean {
  if (process.platform !== 'linux') return true;
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres';
  } catch {
    return false;
  }
}

function urlOf(port: number, password: string, database: string): string {
  return `postgresql://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

function environment(): Record<string, string> {
  return { LC_ALL: 'C', PATH: '/usr/local/bin:/usr/bin:/bin' };
}

function detailOf(error: unknown): string {
  const stderr = typeof error === 'object' && error !== null && 'stderr' in error ? error.stderr : '';
  return typeof stderr === 'string' && stderr !== '' ? stderr : reasonOf(error);
}

function reachHint(error: unknown, user: ServerUser, dataDir: string): string {
  const denied = /EACCES|ermission denied/.test(detailOf(error));
  const who = user ? `user "${user.name}"` : 'this user';
  return denied ? `\n(${who} must be able to reach ${dataDir} and ${basename(process.cwd())}/node_modules)` : '';
}

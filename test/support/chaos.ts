import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDb, type Db } from '../../prisma/client';
import { applyMigrations } from '../../prisma/migrate';
import type { GuardedProcess } from '../../stack/guarded-process';
import { anyFreePort } from '../../stack/ports';
import { ensureDatabase, startPostgres } from '../../stack/postgres';
import { searchAttributeTypes } from '../../stack/search-attributes';
import { supervise, type Supervised } from '../../stack/supervisor';
import { startTemporal } from '../../stack/temporal';
import { poll } from './poll';
import { testTemporalBinary } from './temporal';

const ROOT = join(__dirname, '../..');

export type Victim = 'worker' | 'postgres' | 'temporal';

/** Servers and a worker as processes of their own, each of which is started again when it dies. */
export interface Arena {
  db: Db;
  databaseUrl: string;
  temporalAddress: string;
  /** Kill -9, now. A worker is replaced at once, a server by its supervisor. */
  kill(victim: Victim): void;
  /** Until the worker of the moment has come up. */
  workerReady(): Promise<unknown>;
  /** How often a worker ended without being killed by us. */
  surrenders(): number;
  /** Of the worker of the moment. */
  workerPid(): number | null;
  stop(): Promise<void>;
}

export interface ArenaOptions {
  slowMs: number;
  graceMs: number;
  /** Configuration of the worker besides its servers. */
  env?: Record<string, string>;
}

/** CHAOS=full for the long form, CHAOS_SEED to repeat a run. */
export function chaosSettings(): { full: boolean; seed: number } {
  const { CHAOS, CHAOS_SEED } = process.env;
  return { full: CHAOS === 'full', seed: CHAOS_SEED ? Number(CHAOS_SEED) : Math.floor(Math.random() * 2 ** 31) };
}

/** Numbers from 0 to below 1, the same for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export async function startArena({ slowMs, graceMs, env = {} }: ArenaOptions): Promise<Arena> {
  const dir = mkdtempSync(join(tmpdir(), 'nurture-chaos-'));
  chmodSync(dir, 0o755); // PostgreSQL may run as another user
  const servers = await startServers(dir);
  const { databaseUrl, temporalAddress } = servers;
  await applyMigrations(databaseUrl);
  const db = createDb(databaseUrl, { poolSize: 5 });
  const worker = keepWorker(join(dir, 'worker.log'), [slowMs, graceMs].map(String), {
    ...{ PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', LOG_LEVEL: 'warn' },
    ...{ DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: temporalAddress, ...env },
  });
  return {
    ...{ db, databaseUrl, temporalAddress },
    kill: (victim) => (victim === 'worker' ? worker.kill() : servers.kill(victim)),
    workerReady: worker.ready,
    surrenders: worker.surrenders,
    workerPid: worker.pid,
    stop: async () => {
      await worker.stop();
      await db.$disconnect();
      await servers.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

interface Servers {
  databaseUrl: string;
  temporalAddress: string;
  kill(victim: 'postgres' | 'temporal'): void;
  stop(): Promise<void>;
}

async function startServers(dir: string): Promise<Servers> {
  const current: Partial<Record<'postgres' | 'temporal', GuardedProcess>> = {};
  let databaseUrl = '';
  const [pgPort, port, metricsPort] = [await anyFreePort(), await anyFreePort(), await anyFreePort()];
  const binary = await testTemporalBinary();
  const supervised = (name: 'postgres' | 'temporal', start: () => Promise<GuardedProcess>): Promise<Supervised> =>
    supervise({ name, say: () => undefined, start: async () => (current[name] = await start()) });
  const postgres = await supervised('postgres', async () => {
    // Without fsync: what a killed process has written is safe with the kernel. Commits still reach it one by one.
    const settings = { fsync: 'off', max_connections: 200 };
    const paths = { dataDir: join(dir, 'postgres'), logFile: join(dir, 'postgres.log') };
    const server = await startPostgres({ ...paths, password: 'postgres', port: pgPort, settings });
    databaseUrl = server.url('nurture');
    await ensureDatabase(server, 'nurture');
    return server;
  });
  const temporal = await supervised('temporal', () =>
    startTemporal({
      ...{ binary, port, metricsPort, uiPort: null, dbFile: join(dir, 'temporal.db'), synchronous: 'OFF' },
      ...{ logFile: join(dir, 'temporal.log'), searchAttributes: searchAttributeTypes },
    }),
  );
  return {
    databaseUrl,
    temporalAddress: `127.0.0.1:${port}`,
    kill: (victim) => {
      const pid = current[victim]?.ref.pid;
      if (pid !== undefined) killNow(pid);
    },
    stop: async () => {
      await Promise.all([postgres.stop(), temporal.stop()]);
    },
  };
}

/** A worker process, and another one whenever it ends. */
function keepWorker(logFile: string, args: string[], env: Record<string, string>) {
  let child: ChildProcess | null = null;
  let ready = false;
  let stopping = false;
  let surrenders = 0;
  const launch = () => {
    ready = false;
    const one = spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'test/chaos/worker-main.ts'), ...args], {
      ...{ cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] },
    });
    child = one;
    one.stdout?.on('data', (chunk: Buffer) => {
      if (one === child && chunk.toString().includes('ready')) ready = true;
      appendFileSync(logFile, chunk);
    });
    one.stderr?.on('data', (chunk: Buffer) => appendFileSync(logFile, chunk));
    one.once('exit', (_code, signal) => {
      if (signal !== 'SIGKILL' && !stopping) surrenders += 1;
      // A short pause as a supervisor takes: a worker that cannot reach its servers must not be started in a frenzy.
      if (!stopping) setTimeout(() => stopping || launch(), 200);
    });
  };
  launch();
  return {
    kill: () => void child?.kill('SIGKILL'),
    ready: () => poll('a worker', () => ready, { timeoutMs: 90_000 }),
    surrenders: () => surrenders,
    pid: () => child?.pid ?? null,
    stop: async () => {
      stopping = true;
      const last = child;
      if (!last || last.exitCode !== null || last.signalCode !== null) return;
      const ended = new Promise((resolve) => last.once('exit', resolve));
      last.kill('SIGKILL');
      await ended;
    },
  };
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It died of the last one, and is not up again.
  }
}

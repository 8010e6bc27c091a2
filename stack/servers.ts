import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import type { StackConfig, TemporalConfig } from '../config';
import { prepareTemporal } from './given-temporal';
import { writeAtomically, type Home } from './home';
import { anyFreePort, isPortFree, nextFreePort } from './ports';
import { ensureDatabase, startPostgres } from './postgres';
import type { ProcessRef } from './process-identity';
import { searchAttributeTypes } from './search-attributes';
import { supervise, type Supervised } from './supervisor';
import { startTemporal } from './temporal';
import { findTemporalBinary } from './temporal-binary';

export interface ServerContext {
  config: StackConfig;
  home: Home;
  /** Data that nobody will miss: no waiting for the disk, and ports out of everybody's way. */
  throwAway: boolean;
  say: (line: string) => void;
}

export interface Database {
  databaseUrl: string;
  server: Supervised | null;
}

export interface Temporal {
  temporal: TemporalConfig;
  temporalUiUrl: string | null;
  server: Supervised | null;
}

const DATABASE = 'nurture';
const THROW_AWAY = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** The database that DATABASE_URL names, else a PostgreSQL of our own under NURTURE_HOME. */
export async function bringPostgres(context: ServerContext): Promise<Database> {
  const { config, home, throwAway } = context;
  if (config.databaseUrl) return { databaseUrl: config.databaseUrl, server: null };
  const port = await anyFreePort();
  let databaseUrl = '';
  const onSpawn = recordAs('postgres', port, context);
  const start = async () => {
    const postgres = await startPostgres({
      onSpawn,
      dataDir: home.path('postgres'),
      logFile: home.path('logs', 'postgres.log'),
      password: passwordIn(home.path('postgres.password')),
      port,
      ...(throwAway && { settings: THROW_AWAY }),
    });
    databaseUrl = postgres.url(DATABASE);
    await ensureDatabase(postgres, DATABASE).catch(async (error: unknown) => {
      await postgres.stop();
      throw error;
    });
    return postgres;
  };
  const server = await supervise({ name: 'postgres', say: context.say, start });
  return { databaseUrl, server };
}

/** The server that TEMPORAL_ADDRESS names, else a development server of our own with its data under NURTURE_HOME. */
export async function bringTemporal(context: ServerContext): Promise<Temporal> {
  const { config, home, throwAway } = context;
  const { address: given, ...rest } = config.temporal;
  if (given) {
    const temporal = { ...rest, address: given };
    await prepareTemporal(temporal, context.say);
    return { temporal, temporalUiUrl: null, server: null };
  }
  const cache = { cacheDir: home.path('bin'), cliPath: config.temporalCliPath, searchPath: config.searchPath };
  const binary = await findTemporalBinary({ ...cache, say: context.say });
  const ports = await temporalPorts(context);
  mkdirSync(home.path('temporal'), { recursive: true, mode: 0o700 });
  const onSpawn = recordAs('temporal', ports.port, context);
  const start = () =>
    startTemporal({
      binary,
      onSpawn,
      ...ports,
      dbFile: home.path('temporal', 'temporal.db'),
      synchronous: throwAway ? 'OFF' : 'NORMAL',
      logFile: home.path('logs', 'temporal.log'),
      searchAttributes: searchAttributeTypes,
    });
  const server = await supervise({ name: 'temporal', say: context.say, start });
  const address = `127.0.0.1:${ports.port}`;
  return { temporal: { ...rest, address }, temporalUiUrl: `http://127.0.0.1:${ports.uiPort}`, server };
}

/** The port that was asked for; when taken, an error if it was asked for by name, else the next free one, said aloud. */
export async function choosePort(
  wanted: { port: number; fixedBy: string | null; what: string; host?: string; taken?: number[] },
  say: (line: string) => void,
): Promise<number> {
  const { port, fixedBy, what, host, taken = [] } = wanted;
  if (port === 0) return anyFreePort();
  if (!taken.includes(port) && (await isPortFree(port, host))) return port;
  if (fixedBy) throw new Error(`port ${port} is taken: end what listens there, or set ${fixedBy} to another port`);
  const other = await nextFreePort(port + 1, taken);
  say(`port ${port} is taken: ${what} is at port ${other}`);
  return other;
}

async function temporalPorts({ config, throwAway, say }: ServerContext) {
  const metricsPort = await anyFreePort();
  const port = await choosePort(
    { port: throwAway ? 0 : 7233, fixedBy: null, what: 'Temporal', taken: [metricsPort] },
    say,
  );
  const fixedBy = config.temporalUiPort === null ? null : 'TEMPORAL_UI_PORT';
  const wantedUi = config.temporalUiPort ?? (throwAway ? 0 : 8233);
  const uiPort = await choosePort({ port: wantedUi, fixedBy, what: "Temporal's UI", taken: [metricsPort, port] }, say);
  return { port, uiPort, metricsPort };
}

function recordAs(name: string, port: number, { home }: ServerContext): (ref: ProcessRef) => void {
  return (ref) => home.record({ name, ref, port });
}

function passwordIn(file: string): string {
  if (!existsSync(file)) writeAtomically(file, randomBytes(18).toString('base64url'));
  return readFileSync(file, 'utf8').trim();
}

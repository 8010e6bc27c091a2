import { rmSync } from 'node:fs';
import { readStackConfig, type Config, type StackConfig } from '../config';
import { createDb } from '../prisma/client';
import { applyMigrations } from '../prisma/migrate';
import { takeHome, writeAtomically, type Home } from './home';
import { ensureKeys, type Keys } from './keys';
import { seed, startProcesses } from './processes';
import { bringPostgres, bringTemporal, choosePort, type ServerContext } from './servers';

export interface StackOptions extends Partial<StackConfig> {
  home: string;
  /** For tests: data that nobody will miss, and free ports wherever none is given. */
  throwAway?: boolean;
  say?: (line: string) => void;
}

/** What runs, as NURTURE_HOME/dev.json tells it to other programs. */
export interface StackFacts {
  apiUrl: string;
  apiKey: string;
  writeKey: string;
  /** The site to click through; none without demo data. */
  demoUrl: string | null;
  consoleUrl: string | null;
  loginUrl: string | null;
  temporalUiUrl: string | null;
  temporalAddress: string;
  temporalNamespace: string;
  databaseUrl: string;
  /** Of the Node process that holds it all. */
  pid: number;
}

export interface Stack extends StackFacts {
  /** Drains what is under way, then ends everything that was started. */
  stop: () => Promise<void>;
  /** Resolves with the reason when worker or API cannot go on. */
  failure: Promise<unknown>;
}

type Undo = () => Promise<unknown> | void;

/**
 * Everything on one machine: PostgreSQL and Temporal (found or started, and kept running), migrations, catalogue, worker
 * and API. Throws with all of it stopped again when a part does not start.
 */
export async function startStack({
  throwAway = false,
  say = () => undefined,
  ...options
}: StackOptions): Promise<Stack> {
  const config: StackConfig = { ...readStackConfig({}), ...(throwAway && { port: 0 }), ...options };
  const home = await takeHome(config.home);
  const devFile = home.path('dev.json');
  const undo: Undo[] = [home.release, () => rmSync(devFile, { force: true })];
  const stop = once(() => undoAll(undo));
  try {
    rmSync(devFile, { force: true }); // a predecessor's would name servers that are gone
    const { facts, failure } = await bringUp({ config, home, throwAway, say }, undo);
    writeAtomically(devFile, JSON.stringify(facts, null, 2));
    return { ...facts, stop, failure };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function bringUp(
  context: ServerContext,
  undo: Undo[],
): Promise<{ facts: StackFacts; failure: Promise<unknown> }> {
  const { config, home, say } = context;
  const wanted = { port: config.port, fixedBy: config.portIsFixed ? 'PORT' : null, what: 'the API', host: config.host };
  const port = await choosePort(wanted, say);
  const { databaseUrl, temporal, temporalUiUrl } = await bringServers(context, undo);
  await applyMigrations(databaseUrl);
  const keys = await prepare(databaseUrl, home, config);
  const publicUrl = config.publicUrl ?? `http://127.0.0.1:${port}`;
  const whole: Config = { ...config, port, publicUrl, databaseUrl, temporal };
  const demoKey = config.demo ? keys.writeKey : null;
  const { apiUrl, stop, failure } = await startProcesses(whole, { logFile: home.path('logs', 'nurture.log'), demoKey });
  undo.push(stop);
  const { address: temporalAddress, namespace: temporalNamespace } = temporal;
  const servers = { temporalUiUrl, temporalAddress, temporalNamespace, databaseUrl };
  const demoUrl = demoKey && `${apiUrl}/demo`;
  const facts = { apiUrl, ...keys, demoUrl, consoleUrl: null, loginUrl: null, ...servers, pid: process.pid };
  return { facts, failure };
}

/** Both at once. When one fails the other is waited for, so that it can be stopped. */
async function bringServers(context: ServerContext, undo: Undo[]) {
  const remember = <T extends { server: { stop: () => Promise<void> } | null }>(brought: T): T => {
    const { server } = brought;
    if (server) undo.push(() => server.stop());
    return brought;
  };
  const postgres = bringPostgres(context).then(remember);
  const temporal = bringTemporal(context).then(remember);
  await Promise.allSettled([postgres, temporal]);
  return { ...(await postgres), ...(await temporal) };
}

async function prepare(databaseUrl: string, home: Home, { demo }: StackConfig): Promise<Keys> {
  const db = createDb(databaseUrl, { poolSize: 2 });
  try {
    await seed(db, { demo });
    return await ensureKeys(db, home.path('keys.json'));
  } finally {
    await db.$disconnect();
  }
}

/** The last thing brought up goes first; a part that fails to stop does not keep the others running. */
async function undoAll(undo: Undo[]): Promise<void> {
  const errors: unknown[] = [];
  for (const step of undo.reverse()) await Promise.resolve(step()).catch((error: unknown) => errors.push(error));
  if (errors.length > 0) throw new AggregateError(errors, 'the stack did not stop in good order');
}

function once(fn: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= fn());
}

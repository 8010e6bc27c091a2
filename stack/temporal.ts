import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastLines, startGuarded, type GuardedProcess } from './guarded-process';
import { connects } from './ports';
import type { ProcessRef } from './process-identity';

export interface TemporalOptions {
  binary: string;
  port: number;
  metricsPort: number;
  /** Null: without the web UI. */
  uiPort: number | null;
  /** Null: kept in memory only. */
  dbFile: string | null;
  /** SQLite's: NORMAL survives a power cut, OFF is for throw-away data. */
  synchronous?: 'NORMAL' | 'OFF';
  logFile: string;
  /** Registered at the start: name and type. */
  searchAttributes: Readonly<Record<string, string>>;
  onSpawn?: (ref: ProcessRef) => void;
}

export interface TemporalServer extends GuardedProcess {
  address: string;
}

/** One partition has far better tails on one machine; the other two let a single workflow's clock run ahead. */
const DYNAMIC_CONFIG = [
  'matching.numTaskqueueReadPartitions=1',
  'matching.numTaskqueueWritePartitions=1',
  'frontend.WorkflowTimeSkippingEnabled=true',
  'history.timerProcessorMaxTimeShift="100ms"',
];

/** Starts a development server on loopback. Resolves when its default namespace answers; it ends when this process does. */
export async function startTemporal(options: TemporalOptions): Promise<TemporalServer> {
  const server = await startGuarded({
    name: 'temporal',
    command: options.binary,
    args: ['server', 'start-dev', ...flags(options)],
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: dirname(options.logFile) },
    stopSignal: 'SIGTERM',
    stopGraceMs: 10_000,
    logFile: options.logFile,
    ...(options.onSpawn && { onSpawn: options.onSpawn }),
  });
  const address = `127.0.0.1:${options.port}`;
  let ended = false;
  void server.exited.then(() => (ended = true));
  const ready = await isOurs(options, () => ended).catch(() => false);
  if (ready) return { ...server, address };
  await server.stop();
  throw new Error(`Temporal did not start at ${address}:\n${lastLines(options.logFile)}`);
}

/** Another server may have been quicker to take the port, and answer there: the port for figures is ours alone. */
async function isOurs({ port, metricsPort }: TemporalOptions, hasEnded: () => boolean): Promise<boolean> {
  const end = performance.now() + 30_000;
  const late = () => hasEnded() || performance.now() > end;
  // A gRPC client that meets a closed port backs off for a second: knock on the sockets first.
  const open = (await until(() => connects(port), late)) && (await until(() => connects(metricsPort), late));
  if (!open) return false;
  const connection = await Connection.connect({ address: `127.0.0.1:${port}`, interceptors: [] }); // we do the repeating
  try {
    const answers = (await until(() => namespaceAnswers(connection), late)) && !hasEnded();
    if (answers) await keepHistories(connection);
    return answers;
  } finally {
    await connection.close();
  }
}

/** A day, the server's default, is over before anybody asks why last week's mail was sent. */
async function keepHistories(connection: Connection): Promise<void> {
  const config = { workflowExecutionRetentionTtl: msToTs('30 days') };
  await connection.workflowService.updateNamespace({ namespace: 'default', config });
}

async function until(probe: () => Promise<boolean>, late: () => boolean): Promise<boolean> {
  while (!(await probe())) {
    if (late()) return false;
    await sleep(20);
  }
  return true;
}

async function namespaceAnswers(connection: Connection): Promise<boolean> {
  try {
    await connection.withDeadline(Date.now() + 2_000, () =>
      connection.workflowService.describeNamespace({ namespace: 'default' }),
    );
    return true;
  } catch {
    return false;
  }
}

function flags(options: TemporalOptions): string[] {
  const { port, uiPort, metricsPort, dbFile, synchronous = 'NORMAL' } = options;
  return [
    ...['--ip', '127.0.0.1', '--port', String(port), '--metrics-port', String(metricsPort), '--log-level', 'error'],
    ...(uiPort === null ? ['--headless'] : ['--ui-port', String(uiPort), '--ui-disable-news-fetch']),
    ...(dbFile === null ? [] : ['--db-filename', dbFile]),
    ...(dbFile === null
      ? []
      : ['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', `synchronous=${synchronous}`]),
    ...DYNAMIC_CONFIG.flatMap((entry) => ['--dynamic-config-value', entry]),
    ...Object.entries(options.searchAttributes).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
  ];
}

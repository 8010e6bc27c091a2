import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import pino from 'pino';
import { startWorker, type RunningWorker, type WorkerDeps } from '../../activities/run-worker';
import type { Db } from '../../prisma/client';
import { CONTACT_JOURNEY, ENGINE, journeyWorkflowId } from '../../workflows/contract/journey';
import { wake } from '../../workflows/contract/messages';
import { JOURNEYS } from '../../workflows/contract/task-queues';
import { freshDatabase } from './database';
import { freshNamespace } from './namespace';
import { testTemporal } from './temporal';

export interface WorldOptions {
  overrides?: WorkerDeps['overrides'];
  /** The way on which the worker alone reaches the database, such as through a proxy. */
  workerDatabase?: (url: string) => Promise<string>;
}

/** A database, a namespace and a worker of one's own; workflows are started by hand. */
export interface World {
  db: Db;
  databaseUrl: string;
  namespace: string;
  client: Client;
  worker: RunningWorker;
  start(enrollmentId: string, options?: { historyEvents?: number }): Promise<WorkflowHandle>;
  /** As the pump does when an event wins an open visit: writes the winner, then knocks. */
  win(enrollmentId: string, visit: number, slot?: number): Promise<void>;
  /** Wakes the workflow for no reason. */
  knock(enrollmentId: string, visit: number): Promise<void>;
  /** Ends the worker, and begins another one. */
  restartWorker(): Promise<void>;
  stop(): Promise<void>;
}

export async function startWorld({ overrides, workerDatabase }: WorldOptions = {}): Promise<World> {
  const [database, namespace] = await Promise.all([freshDatabase(), freshNamespace()]);
  const { address } = testTemporal();
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  const databaseUrl = (await workerDatabase?.(database.url)) ?? database.url;
  const config = workerConfig({ databaseUrl, namespace });
  const begin = () => startWorker({ config, log: pino({ level: 'error' }), overrides: { pump: false, ...overrides } });
  let worker = await begin();
  const { db } = database;
  return {
    ...{ db, databaseUrl: database.url, namespace, client },
    get worker() {
      return worker;
    },
    start: (enrollmentId, options) => start({ db, client }, enrollmentId, options),
    win: (enrollmentId, visit, slot = 0) => win({ db, client }, { enrollmentId, visit, slot }),
    knock: async (enrollmentId, visit) => (await handleOf({ db, client }, enrollmentId)).signal(wake, { visit }),
    restartWorker: async () => {
      await worker.stop();
      worker = await begin();
    },
    stop: async () => {
      await worker.stop();
      await connection.close();
      await database.drop();
    },
  };
}

/** What a worker of this world is told. */
export function workerConfig({ databaseUrl, namespace }: Pick<World, 'databaseUrl' | 'namespace'>) {
  const { address } = testTemporal();
  return { ...capture, databaseUrl, temporal: { address, namespace, apiKey: null, tls: false } };
}

const capture = {
  publicUrl: 'http://127.0.0.1:3000',
  mail: { kind: 'capture' },
  sms: { kind: 'capture' },
  endpointHosts: ['127.0.0.1'],
  mailOnlyTo: null,
  postalAddress: null,
  from: null,
} as const;

interface Parts {
  db: Db;
  client: Client;
}

async function start(
  { db, client }: Parts,
  enrollmentId: string,
  { historyEvents = 1000 } = {},
): Promise<WorkflowHandle> {
  const { journeyKey, versionId } = await db.enrollment.findUniqueOrThrow({ where: { id: enrollmentId } });
  return client.workflow.start(CONTACT_JOURNEY, {
    taskQueue: JOURNEYS,
    workflowId: journeyWorkflowId(journeyKey, enrollmentId),
    args: [{ enrollmentId, versionId, engine: ENGINE, limits: { historyEvents } }],
  });
}

async function win({ db, client }: Parts, it: { enrollmentId: string; visit: number; slot: number }): Promise<void> {
  const { enrollmentId, visit, slot } = it;
  const outcome = `on:${slot}` as const;
  await db.stepVisit.updateMany({ where: { enrollmentId, visit, outcome: null }, data: { outcome } });
  await (await handleOf({ db, client }, enrollmentId)).signal(wake, { visit, outcome });
}

async function handleOf({ db, client }: Parts, enrollmentId: string): Promise<WorkflowHandle> {
  const { journeyKey } = await db.enrollment.findUniqueOrThrow({ where: { id: enrollmentId } });
  return client.workflow.getHandle(journeyWorkflowId(journeyKey, enrollmentId));
}

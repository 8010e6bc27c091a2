import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Config } from '../config';
import { createDb, type Db } from '../prisma/client';
import { currentSettings, type CurrentSettings } from '../prisma/stores/current-settings';
import type { EffectDeps } from '../prisma/stores/effects/context';
import { openScheduledJob } from '../prisma/stores/scheduled-entries';
import type { ScheduledEntry } from '../workflows/contract/scheduled-entry';
import type { EffectRequest, SendAnswer } from '../workflows/contract/effects';
import { ensureBundle } from './build-bundle';
import { createCallEndpoint } from './call-endpoint';
import { createComposeMessage } from './compose-message';
import { connect, type Connections } from './connections';
import { createWorkers } from './create-workers';
import { createJourneyEffects } from './effects';
import { nameOf } from './error-name';
import { guarded } from './guard';
import { createJobActivities } from './jobs/job-page';
import { createTransports, type Transports, type TransportSettings } from './providers/create-transports';
import { httpEnrichment, type EnrichmentSettings } from './providers/enrichment/http';
import { createMailTransport, type MailSettings } from './providers/mail/create-transport';
import type { MailTransport } from './providers/mail/transport';
import { startPump, type PumpLoops } from './pump/start-pump';
import { temporalPort } from './pump/temporal-port';
import { installRuntime } from './runtime';
import { registerSearchAttributes } from './search-attributes';
import { startSchedules } from './schedules/start-schedules';
import { createSendEmail, type DeliveryDeps } from './send-email';
import { createSendMessage } from './send-message';

/** The answer to a call that was lost may still come as an event of the provider for this long. */
const GRACE_MS = 15 * 60_000;

export interface WorkerDeps {
  config: Pick<Config, 'databaseUrl' | 'temporal' | 'postalAddress' | 'from'> &
    MailSettings &
    TransportSettings & { enrichment?: EnrichmentSettings | null };
  log: Logger;
  /** Instead of what the configuration names; for tests. */
  overrides?: Overrides;
}

export interface Overrides {
  transport?: (db: Db) => MailTransport;
  transports?: (db: Db) => Transports;
  /** How long a lost answer may still be settled by an event of the provider. */
  graceMs?: number;
  reached?: DeliveryDeps['reached'];
  /** Without it, events stay unprocessed and nothing is dispatched: for tests that play the pump themselves. */
  pump?: false;
  sweepEveryMs?: number;
  historyEvents?: number;
}

export interface RunningWorker {
  /** Lets what is under way finish, then closes everything. */
  stop(): Promise<void>;
  /** Resolves when stopped; rejects when a worker cannot go on. */
  done: Promise<void>;
}

/** Runs the workflows, the effects and the loops of one process until it is stopped. */
export async function startWorker(deps: WorkerDeps): Promise<RunningWorker> {
  installRuntime(deps.log);
  const { temporal, databaseUrl } = deps.config;
  const db = createDb(databaseUrl, { poolSize: 20 });
  const settings = currentSettings(db);
  const connections = await connect(temporal);
  let loops: PumpLoops | null = null;
  await tellSearchAttributes(deps.log, connections, temporal.namespace);
  const workers = await createWorkers({
    connection: connections.native,
    namespace: temporal.namespace,
    bundle: await ensureBundle(),
    ...effectsOf(
      deps,
      { db, client: connections.client, settings },
      { event: () => loops?.nudge(), dispatch: () => loops?.nudgeDispatch() },
    ),
  });
  const runs = workers.map((worker) => worker.run());
  loops = startLoops(deps, { db, client: connections.client, settings });
  const stop = async () => {
    await loops?.stop();
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    await Promise.allSettled(runs);
    await connections.close();
    await db.$disconnect();
  };
  let stopped: Promise<void> | null = null;
  return { stop: () => (stopped ??= stop()), done: Promise.all(runs).then(() => undefined) };
}

/** Where the server does not let us register them (Temporal Cloud), somebody has made them, or starts will say so. */
async function tellSearchAttributes(log: Logger, { connection }: Connections, namespace: string): Promise<void> {
  try {
    await registerSearchAttributes(connection, namespace);
  } catch (error) {
    log.warn({ error: nameOf(error) }, 'search attributes could not be registered');
  }
}

/** What a process has one of. */
interface Shared {
  db: Db;
  client: Client;
  settings: CurrentSettings;
}

function startLoops({ config, log, overrides = {} }: WorkerDeps, { db, client, settings }: Shared): PumpLoops | null {
  if (overrides.pump === false) return null;
  const { graceMs = GRACE_MS, sweepEveryMs, historyEvents } = overrides;
  const everyMs = sweepEveryMs === undefined ? {} : { everyMs: sweepEveryMs };
  const schedules = startSchedules({ db, log, client, ...everyMs });
  const pump = startPump({
    ...{ db, log, databaseUrl: config.databaseUrl, onSettings: settings.forget },
    temporal: temporalPort(client, historyEvents === undefined ? undefined : { historyEvents }),
    sweeps: { graceSeconds: Math.ceil(graceMs / 1000), enriches: config.enrichment != null, ...everyMs },
  });
  return { ...pump, stop: async () => void (await Promise.all([pump.stop(), schedules.stop()])) };
}

interface Announce {
  /** A message was settled, so an event waits for the pump. */
  event: () => void;
  /** A start or a wake-up was written. */
  dispatch: () => void;
}

function effectsOf({ config, log, overrides = {} }: WorkerDeps, { db, client, settings }: Shared, announce: Announce) {
  const effects: EffectDeps = { db, settings: settings.current };
  const delivery: DeliveryDeps = {
    ...effects,
    transport: overrides.transport?.(db) ?? createMailTransport(config, db),
    compose: createComposeMessage({ ...effects, ...config }),
    graceMs: overrides.graceMs ?? GRACE_MS,
    ...(overrides.reached && { reached: overrides.reached }),
  };
  const transports = overrides.transports?.(db) ?? createTransports(config, { db, mail: delivery.transport });
  const announced = (send: (request: EffectRequest) => Promise<SendAnswer>) => (request: EffectRequest) =>
    send(request).finally(announce.event);
  const sendMessage = announced(guarded(log, createSendMessage({ ...delivery, transports })));
  const jobs = createJobActivities({
    ...effects,
    ...{ log, client, announceDispatch: announce.dispatch },
    enrichment: config.enrichment ? httpEnrichment({ ...config.enrichment, allowedHosts: config.endpointHosts }) : null,
  });
  return {
    journeys: {
      ...createJourneyEffects({ ...effects, log }),
      ...jobs,
      openScheduledEntry: guarded(log, ({ due, ...entry }: ScheduledEntry & { due: string }) =>
        openScheduledJob(db, { ...entry, due: new Date(due) }),
      ),
    },
    delivery: {
      sendEmail: announced(guarded(log, createSendEmail(delivery))),
      sendMessage,
      notify: sendMessage,
      callEndpoint: createCallEndpoint({ db, transports }),
      // Pages of jobs that ask a provider.
      jobPage: jobs.jobPage,
    },
  };
}

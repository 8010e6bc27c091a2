import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { createDb, type Db } from '../prisma/client';
import { listen } from '../prisma/listen';
import { currentSettings } from '../prisma/stores/current-settings';
import { purgeImports } from '../prisma/stores/imports';
import { purgeRequests } from '../prisma/stores/idempotent-requests';
import { createApp } from './app';
import type { ApiConfig } from './deps';
import { createJourneyControl, type TemporalAddress } from './temporal';

export interface ApiOptions {
  /** `Config` of config.ts fits. Port 0 takes a free one. */
  config: ApiConfig & { databaseUrl: string; temporal: TemporalAddress };
  log: Logger;
  /** A browser key: the demonstration site is served with it. */
  demoKey?: string | null;
}

export interface RunningApi {
  url: string;
  /** Lets requests under way finish, for some seconds. */
  stop(): Promise<void>;
}

const DRAIN_MS = 5_000;
/** A file of some hundred megabytes over a slow line. */
const UPLOAD_MS = 1_800_000;
const HOUSEKEEPING_MS = 3_600_000;

/** Serves the API. It starts without Temporal, which it calls when an operator asks for something. */
export async function startApi({ config, log, demoKey = null }: ApiOptions): Promise<RunningApi> {
  const db = createDb(config.databaseUrl, { poolSize: 20 });
  const control = createJourneyControl(config.temporal);
  const settings = currentSettings(db);
  const app = createApp(
    { db, config, control, log, now: () => new Date(), demoKey },
    { processMetrics: true, settings },
  );
  const server = createServer({ requestTimeout: UPLOAD_MS }, app);
  await open(server, config.port, config.host);
  const listener = listen(config.databaseUrl, { nurture_settings: settings.forget });
  const housekeeping = keepHouse(db, log);
  return {
    url: urlOf(server, config.host),
    stop: async () => {
      clearInterval(housekeeping);
      await drain(server);
      await listener.stop();
      await control.close();
      await db.$disconnect();
    },
  };
}

function open(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function urlOf(server: Server, host: string): string {
  const address = server.address() as AddressInfo; // listening on a port, so not a pipe
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${address.port}`;
}

function drain(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const impatient = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    server.close(() => {
      clearTimeout(impatient);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function keepHouse(db: Db, log: Logger): NodeJS.Timeout {
  const tidy = async (): Promise<void> => {
    await purgeRequests(db);
    await purgeImports(db);
  };
  const purge = (): void => void tidy().catch((err: unknown) => log.warn({ err }, 'purge failed'));
  return setInterval(purge, HOUSEKEEPING_MS).unref();
}

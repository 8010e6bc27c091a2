import { Client, Connection } from '@temporalio/client';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config, TemporalConfig } from '../../config';
import { createDb, type Db } from '../../prisma/client';
import { applyMigrations } from '../../prisma/migrate';
import { anyFreePort } from '../../stack/ports';
import { ensureDatabase, startPostgres } from '../../stack/postgres';
import { searchAttributeTypes } from '../../stack/search-attributes';
import { startTemporal } from '../../stack/temporal';
import { testTemporalBinary } from '../support/temporal';

/** What a benchmark runs on: a durable PostgreSQL and a development server of its own. */
export interface Ground {
  db: Db;
  databaseUrl: string;
  temporal: TemporalConfig;
  client: Client;
  stop(): Promise<void>;
}

/** One figure beside the limit that was measured in the same run. */
export interface Figure {
  what: string;
  ours: string;
  limit: string;
  share: string;
  target: string;
}

export async function startGround(): Promise<Ground> {
  const dir = mkdtempSync(join(tmpdir(), 'nurture-bench-'));
  chmodSync(dir, 0o755); // PostgreSQL may run as another user
  const postgres = await startPostgres({
    ...{ dataDir: join(dir, 'postgres'), logFile: join(dir, 'postgres.log'), password: 'postgres' },
  });
  const [port, metricsPort] = [await anyFreePort(), await anyFreePort()];
  const server = await startTemporal({
    ...{ binary: await testTemporalBinary(), port, metricsPort, uiPort: null, dbFile: join(dir, 'temporal.db') },
    ...{ synchronous: 'OFF', logFile: join(dir, 'temporal.log'), searchAttributes: searchAttributeTypes },
  });
  await ensureDatabase(postgres, 'bench');
  const databaseUrl = postgres.url('bench');
  await applyMigrations(databaseUrl);
  const db = createDb(databaseUrl);
  const connection = await Connection.connect({ address: server.address });
  return {
    ...{ db, databaseUrl, client: new Client({ connection }) },
    temporal: { address: server.address, namespace: 'default', apiKey: null, tls: false },
    stop: async () => {
      await connection.close();
      await db.$disconnect();
      await Promise.all([postgres.stop(), server.stop()]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** What worker and API are told besides their servers. */
export const settings: Omit<Config, 'databaseUrl' | 'temporal' | 'home' | 'demo' | 'logLevel'> = {
  port: 0,
  host: '127.0.0.1',
  trustedProxies: 0,
  publicUrl: 'http://127.0.0.1:3000',
  mail: { kind: 'capture' },
  sms: { kind: 'capture' },
  endpointHosts: [],
  enrichment: null,
  inAppSecret: null,
  inAppOrigins: [],
  from: null,
  mailOnlyTo: null,
  postalAddress: null,
  sendgridWebhookKeys: [],
  development: true,
};

/** Runs `work` for each number below `count`, so many at a time. Answers the seconds it took. */
export async function inParallel(count: number, lanes: number, work: (i: number) => Promise<unknown>): Promise<number> {
  const began = performance.now();
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return (performance.now() - began) / 1000;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

export const perSecond = (count: number, seconds: number) => `${Math.round(count / seconds).toLocaleString('en')}/s`;
export const ms = (value: number) => `${value.toFixed(1)} ms`;

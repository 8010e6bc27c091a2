import pino from 'pino';
import { startWorker } from '../activities/run-worker';
import { startApi } from '../api/server';
import type { Config } from '../config';
import { seedCatalog } from '../prisma/catalog';
import type { Db } from '../prisma/client';
import { patchSettings, readSettings } from '../prisma/stores/settings';

export interface Processes {
  apiUrl: string;
  /** Lets requests and activities under way finish. */
  stop: () => Promise<void>;
  /** Resolves when one of them cannot go on. */
  failure: Promise<unknown>;
}

interface Surroundings {
  logFile: string;
  /** The browser key of the demonstration site; null: there is none. */
  demoKey: string | null;
}

/** Worker and API, as `npm run worker` and `npm run api` start them, in this process. Both log to `logFile`. */
export async function startProcesses(config: Config, { logFile, demoKey }: Surroundings): Promise<Processes> {
  // Left open: Temporal's runtime keeps the first logger of the process, also for a later stack in it.
  const log = pino({ level: config.logLevel }, pino.destination({ dest: logFile, mkdir: true, mode: 0o600 }));
  const worker = await startWorker({ config, log });
  const api = await startApi({ config, log, demoKey }).catch(async (error: unknown) => {
    await worker.stop();
    throw error;
  });
  const stop = async () => {
    await api.stop();
    await worker.stop();
  };
  return { apiUrl: api.url, stop, failure: new Promise((resolve) => void worker.done.catch(resolve)) };
}

/** Whom the catalogue's mails may come from; nobody is mailed at `.test`. */
const demoSenders = [
  { key: 'nurture', name: 'Nurture', email: 'hello@nurture.test', verified: true },
  { key: 'sales-team', name: 'The sales team', email: 'sales@nurture.test', verified: true },
];

/** The catalogue: with demo its journeys are published, otherwise they are drafts. Harmless when it is there already. */
export async function seed(db: Db, { demo }: { demo: boolean }): Promise<void> {
  const untouched = (await readSettings(db)).revision === 0;
  if (demo && untouched) await patchSettings(db, { senders: demoSenders }, 0);
  await seedCatalog(db, { publish: demo });
}

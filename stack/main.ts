import { join, relative } from 'node:path';
import { readStackConfig } from '../config';
import { reasonOf } from '../prisma/error-reason';
import { banner } from './banner';
import { startStack, type Stack } from './stack';

/** After this long something hangs; the guards end the servers then. */
const STOP_WITHIN_MS = 30_000;
/** One Ctrl-C arrives twice under npm, which passes it on; a second one means: at once. */
const SAME_REQUEST_MS = 1_000;

async function main(): Promise<void> {
  const config = readStackConfig();
  const stack = await startStack({ ...config, say: (line) => console.log(line) });
  stopOnSignals(stack);
  console.log(banner(stack, relative(process.cwd(), join(config.home, 'dev.json'))));
}

function stopOnSignals(stack: Stack): void {
  let askedAt: number | null = null;
  const stop = (code: number) => {
    if (askedAt !== null) {
      if (performance.now() - askedAt > SAME_REQUEST_MS) process.exit(1);
      return;
    }
    askedAt = performance.now();
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    stack.stop().then(
      () => process.exit(code),
      (error: unknown) => fail(error),
    );
  };
  const giveUp = (reason: unknown) => {
    if (askedAt !== null) return; // a retry timer of Temporal's client throws when its connection has been closed
    console.error(reason);
    stop(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(0));
  process.on('uncaughtException', giveUp);
  void stack.failure.then(giveUp);
}

function fail(error: unknown): void {
  console.error(reasonOf(error));
  process.exit(1); // whatever a half-made start has left open
}

main().catch(fail);

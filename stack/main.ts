import { join, relative } from 'node:path';
import { readStackConfig } from '../config';
import { reasonOf } from '../prisma/error-reason';
import { banner } from './banner';
import { startStack, type Stack } from './stack';

/** After this long something hangs; the guards end the servers then. */
const STOP_WITHIN_MS = 30_000;

async function main(): Promise<void> {
  const config = readStackConfig();
  const stack = await startStack({ ...config, say: (line) => console.log(line) });
  stopOnSignals(stack);
  console.log(banner(stack, relative(process.cwd(), join(config.home, 'dev.json'))));
}

function stopOnSignals(stack: Stack): void {
  let asked = false;
  const stop = (code: number) => {
    if (asked) process.exit(1); // asked twice: at once
    asked = true;
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    stack.stop().then(
      () => process.exit(code),
      (error: unknown) => {
        console.error(reasonOf(error));
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(0));
  void stack.failure.then((reason) => {
    console.error(reasonOf(reason));
    stop(1);
  });
}

main().catch((error: unknown) => {
  console.error(reasonOf(error));
  process.exitCode = 1;
});

import { join } from 'node:path';
import { readStackConfig } from '../config';
import { findTemporalBinary } from './temporal-binary';
import { reasonOf } from '../prisma/error-reason';

/** Prints the path of the Temporal that `npm start` and the tests will use, fetching it first if need be. */
async function main(): Promise<void> {
  const { temporalCliPath: cliPath, searchPath, home } = readStackConfig();
  const say = (line: string) => console.error(line);
  console.log(await findTemporalBinary({ cliPath, searchPath, cacheDir: join(home, 'bin'), say }));
}

main().catch((error: unknown) => {
  console.error(reasonOf(error));
  process.exitCode = 1;
});

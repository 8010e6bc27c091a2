import type { Db } from '../../prisma/client';
import { startStack, type Stack, type StackOptions } from '../../stack/stack';
import { freshDatabase } from './database';
import { removeHome, temporaryHome } from './stack-process';
import { testTemporalBinary } from './temporal';

export interface TestStack extends Stack {
  db: Db;
}

/**
 * All of `npm start` in this process, on an empty database of the shared PostgreSQL and a Temporal of its own, in about a
 * second and a half. Without demo data, capturing mail, unless told otherwise.
 */
export async function startTestStack(overrides: Partial<StackOptions> = {}): Promise<TestStack> {
  const database = await freshDatabase();
  const home = temporaryHome();
  const ours = { home, databaseUrl: database.url, temporalCliPath: await testTemporalBinary(), demo: false };
  const clear = async () => {
    await database.drop();
    await removeHome(home);
  };
  try {
    const stack = await startStack({ ...ours, throwAway: true, ...overrides });
    return { ...stack, db: database.db, stop: () => stack.stop().then(clear) };
  } catch (error) {
    await clear();
    throw error;
  }
}

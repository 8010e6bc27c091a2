import { inTransaction, type Db, type Tx } from './client';

/**
 * Runs statements that look at very many rows, each of which may take so many milliseconds. Compiling them to machine
 * code takes longer than it saves.
 */
export function givenTime<T>(db: Db, ms: number, work: (tx: Tx) => Promise<T>): Promise<T> {
  const run = async (tx: Tx) => {
    await tx.$executeRaw`
      select set_config('statement_timeout', ${String(Math.round(ms))}, true), set_config('jit', 'off', true)`;
    return work(tx);
  };
  return inTransaction(db, run, { timeoutMs: ms * 2 + 5_000 });
}

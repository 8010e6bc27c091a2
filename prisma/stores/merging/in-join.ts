import { inTransaction, type Db, type Tx } from '../../client';

/** Two histories may be long: longer than a request of an effect may take. */
const TIMEOUT_MS = 60_000;

/** Runs `fn`, which makes records one, in one transaction with time enough for it. */
export function inJoin<T>(db: Db, fn: (tx: Tx) => Promise<T>): Promise<T> {
  return inTransaction(
    db,
    async (tx) => {
      await tx.$executeRawUnsafe(`set local statement_timeout = ${TIMEOUT_MS / 2}`);
      return fn(tx);
    },
    { timeoutMs: TIMEOUT_MS },
  );
}

import { inTransaction, type Db, type Tx } from '../../client';

/** All contacts are looked at: with millions of them that takes longer than other statements may. */
const TIMEOUT_MS = 60_000;

/** Reads in a transaction whose statements may take a minute. */
export function patiently<T>(db: Db, read: (tx: Tx) => Promise<T>): Promise<T> {
  return inTransaction(
    db,
    async (tx) => {
      await tx.$executeRawUnsafe(`set local statement_timeout = ${TIMEOUT_MS}`);
      return read(tx);
    },
    { timeoutMs: TIMEOUT_MS },
  );
}

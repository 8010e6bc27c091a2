import { PrismaPg } from '@prisma/adapter-pg';
import { type Prisma, PrismaClient } from './generated/client';

export type Db = PrismaClient;
/** A client inside an interactive transaction. Functions that lock ask for it. */
export type Tx = Prisma.TransactionClient;
export type DbOrTx = Db | Tx;

export interface DbOptions {
  /** Connections at most. */
  poolSize?: number;
  /** Below the 5 s of a local activity, so that the database gives up before the workflow does. */
  statementTimeoutMs?: number;
}

/** A pool on the database at `url`. It connects when first used; end it with `$disconnect()`. */
export function createDb(url: string, options: DbOptions = {}): Db {
  return new PrismaClient({ adapter: new PrismaPg(poolConfig(url, options)) });
}

/** Settings of `pg` that every connection of Nurture has, whoever opens it. */
export function poolConfig(url: string, { poolSize = 10, statementTimeoutMs = 4_000 }: DbOptions = {}) {
  const { connectionString, own } = withoutOptions(url);
  return {
    connectionString,
    max: poolSize,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    options: [...own, ...sessionSettings(statementTimeoutMs)].join(' '),
  };
}

/** Runs `fn` in one READ COMMITTED transaction: committed when it returns, rolled back when it throws. */
export function inTransaction<T>(db: Db, fn: (tx: Tx) => Promise<T>, options: { timeoutMs?: number } = {}): Promise<T> {
  return db.$transaction(fn, { maxWait: 5_000, timeout: options.timeoutMs ?? 5_000 });
}

/** A stalled process stops nobody: the server ends what waits too long. Dates go over the wire without a zone, so UTC. */
function sessionSettings(statementTimeoutMs: number): string[] {
  return Object.entries({
    TimeZone: 'UTC',
    default_transaction_isolation: 'read\\ committed',
    idle_in_transaction_session_timeout: '5s',
    statement_timeout: `${statementTimeoutMs}ms`,
    lock_timeout: '2s',
    client_connection_check_interval: '1s',
    tcp_keepalives_idle: '30',
  }).map(([name, value]) => `-c ${name}=${value}`);
}

/** `pg` lets the options of a connection string replace all others: take them out, so that both apply. */
function withoutOptions(url: string): { connectionString: string; own: string[] } {
  const parsed = new URL(url);
  const own = parsed.searchParams.getAll('options');
  parsed.searchParams.delete('options');
  return { connectionString: own.length === 0 ? url : parsed.href, own };
}

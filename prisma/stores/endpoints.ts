import type { Db, DbOrTx } from '../client';
import { inTransaction } from '../client';

export type EndpointKind = 'chat' | 'webhook';

/** Where chat messages or webhooks go. `url` of a chat and `secrets` are for the call alone. */
export interface Endpoint {
  key: string;
  kind: EndpointKind;
  url: string;
  secrets: string[];
  idempotent: boolean;
  revision: number;
  createdAt: Date;
  updatedAt: Date;
}

export async function findEndpoint(db: DbOrTx, key: string): Promise<Endpoint | null> {
  const row = await db.webhookEndpoint.findUnique({ where: { key } });
  return row && { ...row, kind: row.kind === 'chat' ? 'chat' : 'webhook' };
}

/** By key, after `after`. */
export async function listEndpoints(
  db: DbOrTx,
  { after, limit }: { after: string | null; limit: number },
): Promise<Endpoint[]> {
  const rows = await db.webhookEndpoint.findMany({
    where: after === null ? {} : { key: { gt: after } },
    orderBy: { key: 'asc' },
    take: limit,
  });
  return rows.map((row) => ({ ...row, kind: row.kind === 'chat' ? 'chat' : 'webhook' }));
}

export interface EndpointChange {
  kind: EndpointKind;
  url: string;
  idempotent: boolean;
  /** Makes the secrets of those there are. */
  secrets: (present: readonly string[]) => string[];
  /** Null: whatever it is. */
  expected: number | null;
}

/** Writes an endpoint. Null if its revision is not the expected one. */
export async function putEndpoint(db: Db, key: string, change: EndpointChange): Promise<Endpoint | null> {
  const { kind, url, idempotent, secrets, expected } = change;
  return inTransaction(db, async (tx) => {
    await tx.$queryRaw`select pg_advisory_xact_lock(hashtextextended('endpoint:' || ${key}, 0))::text`;
    const present = await findEndpoint(tx, key);
    if (expected !== null && expected !== (present?.revision ?? 0)) return null;
    const data = { kind, url, idempotent, secrets: secrets(present?.secrets ?? []), updatedAt: new Date() };
    const revision = (present?.revision ?? 0) + 1;
    await tx.webhookEndpoint.upsert({ where: { key }, create: { key, ...data }, update: { ...data, revision } });
    return findEndpoint(tx, key);
  });
}

export async function deleteEndpoint(db: Db, key: string): Promise<boolean> {
  return (await db.webhookEndpoint.deleteMany({ where: { key } })).count === 1;
}

import type { Prisma } from '../generated/client';
import type { Db } from '../client';

export interface RequestId {
  apiKeyId: string;
  key: string;
  requestHash: string;
}

export interface StoredAnswer {
  status: number;
  /** JSON as it was answered, with its headers. */
  body: Prisma.JsonValue;
}

export type Opening =
  /** Nobody has seen this key: carry the request out, then `closeRequest` or `forgetRequest`. */
  { kind: 'first' } | { kind: 'answered'; answer: StoredAnswer } | { kind: 'in-flight' } | { kind: 'another-request' };

/** A request whose process died is taken over after this. */
const ABANDONED_AFTER = '60 seconds';

export async function openRequest(db: Db, { apiKeyId, key, requestHash }: RequestId): Promise<Opening> {
  const mine = await db.$queryRaw<unknown[]>`
    INSERT INTO idempotent_request (api_key_id, key, request_hash) VALUES (${apiKeyId}::uuid, ${key}, ${requestHash})
    ON CONFLICT (api_key_id, key) DO UPDATE SET created_at = now()
      WHERE idempotent_request.status IS NULL AND idempotent_request.request_hash = ${requestHash}
        AND idempotent_request.created_at < now() - ${ABANDONED_AFTER}::interval
    RETURNING 1`;
  if (mine.length > 0) return { kind: 'first' };
  const row = await db.idempotentRequest.findUnique({ where: { apiKeyId_key: { apiKeyId, key } } });
  if (row && row.requestHash !== requestHash) return { kind: 'another-request' };
  if (!row || row.status === null) return { kind: 'in-flight' };
  return { kind: 'answered', answer: { status: row.status, body: row.body } };
}

/** A request that goes on for long is not abandoned. */
export async function touchRequest(db: Db, { apiKeyId, key }: RequestId): Promise<void> {
  await db.$executeRaw`
    UPDATE idempotent_request SET created_at = now()
    WHERE api_key_id = ${apiKeyId}::uuid AND key = ${key} AND status IS NULL`;
}

export async function closeRequest(db: Db, id: RequestId, answer: { status: number; body: Prisma.InputJsonValue }) {
  await db.idempotentRequest.update({
    where: { apiKeyId_key: { apiKeyId: id.apiKeyId, key: id.key } },
    data: answer,
    select: { key: true },
  });
}

/** After an answer that is worth another try: the next request with this key is the first again. */
export async function forgetRequest(db: Db, { apiKeyId, key }: RequestId): Promise<void> {
  await db.idempotentRequest.deleteMany({ where: { apiKeyId, key } });
}

/** Removes what is older than a day, by when a key stands for another request. */
export async function purgeRequests(db: Db): Promise<number> {
  await db.$executeRaw`
    UPDATE job SET cause = NULL WHERE starts_with(cause, 'request:') AND created_at < now() - interval '1 day'`;
  return db.$executeRaw`DELETE FROM idempotent_request WHERE created_at < now() - interval '1 day'`;
}

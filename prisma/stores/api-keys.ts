import { createHash, randomBytes } from 'node:crypto';
import { v7 } from 'uuid';
import type { DbOrTx } from '../client';

export interface ApiKeyRow {
  id: string;
  sha256: string;
  scopes: string[];
}

export interface NewApiKey {
  id: string;
  /** In the clear, this once: only its hash is stored. */
  key: string;
}

/** What is shown of a key. */
export interface ApiKeyView {
  id: string;
  name: string;
  /** Its first characters, to recognise it by. */
  prefix: string;
  scopes: string[];
  createdAt: Date;
  revokedAt: Date | null;
}

export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** A fresh key. One with nothing but `ingest` is a browser (write) key. */
export async function createApiKey(db: DbOrTx, spec: { name: string; scopes: string[] }): Promise<NewApiKey> {
  const kind = spec.scopes.join() === 'ingest' ? 'nw' : 'nk';
  const key = `${kind}_${randomBytes(24).toString('base64url')}`;
  const id = v7();
  await db.apiKey.create({
    data: { id, name: spec.name, prefix: key.slice(0, 8), sha256: hashApiKey(key), scopes: spec.scopes },
  });
  return { id, key };
}

/** The key with this hash, unless it was revoked. */
export function findApiKey(db: DbOrTx, sha256: string): Promise<ApiKeyRow | null> {
  return db.apiKey.findFirst({
    where: { sha256, revokedAt: null },
    select: { id: true, sha256: true, scopes: true },
  });
}

const shown = { id: true, name: true, prefix: true, scopes: true, createdAt: true, revokedAt: true } as const;

/** Newest first, below the id `after`, with those that were revoked. */
export function listApiKeys(
  db: DbOrTx,
  { after, limit }: { after: string | null; limit: number },
): Promise<ApiKeyView[]> {
  const where = after === null ? {} : { id: { lt: after } };
  return db.apiKey.findMany({ where, orderBy: { id: 'desc' }, take: limit, select: shown });
}

export function getApiKey(db: DbOrTx, id: string): Promise<ApiKeyView | null> {
  return db.apiKey.findUnique({ where: { id }, select: shown });
}

/** From now on it opens nothing; the row stays, to say so. The first time counts. Null if there is no such key. */
export async function revokeApiKey(db: DbOrTx, id: string, at: Date): Promise<ApiKeyView | null> {
  await db.apiKey.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: at } });
  return getApiKey(db, id);
}

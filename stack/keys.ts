import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Db } from '../prisma/client';
import { createApiKey, findApiKey, hashApiKey } from '../prisma/stores/api-keys';
import { writeAtomically } from './home';

const schema = z.object({ apiKey: z.string(), writeKey: z.string() });
export type Keys = z.infer<typeof schema>;

export const SERVER_SCOPES: readonly string[] = ['ingest', 'read', 'author', 'operate', 'sales', 'admin'];

/** One key for everything and one for browsers, made at the first start and kept in `file`; the database has their hashes. */
export async function ensureKeys(db: Db, file: string): Promise<Keys> {
  const kept = readKeys(file);
  if (kept && (await areKnown(db, kept))) return kept;
  const { key: apiKey } = await createApiKey(db, { name: 'first server key', scopes: [...SERVER_SCOPES] });
  const { key: writeKey } = await createApiKey(db, { name: 'first browser key', scopes: ['ingest'] });
  writeAtomically(file, JSON.stringify({ apiKey, writeKey }, null, 2));
  return { apiKey, writeKey };
}

async function areKnown(db: Db, keys: Keys): Promise<boolean> {
  const rows = await Promise.all([keys.apiKey, keys.writeKey].map((key) => findApiKey(db, hashApiKey(key))));
  return rows.every((row) => row !== null);
}

function readKeys(file: string): Keys | null {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

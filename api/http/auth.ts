import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Db } from '../../prisma/client';
import { findApiKey, hashApiKey } from '../../prisma/stores/api-keys';
import { Problem } from './problems';

export const scopes = ['ingest', 'read', 'author', 'operate', 'sales', 'admin'] as const;
export type Scope = (typeof scopes)[number];

export interface Caller {
  keyId: string;
  scopes: readonly string[];
  /** A browser (write) key: it stands in public pages, so what it says about known people is not believed. */
  browser: boolean;
}

/** On public routes. */
export const nobody: Caller = { keyId: '', scopes: [], browser: true };

/** A revoked key works on for at most this long. */
const CACHE_MS = 5_000;
const CACHE_ENTRIES = 10_000;

export type Authenticate = (key: string | null) => Promise<Caller>;

/** Looks keys up by their hash, with a short memory: also of wrong ones, which would else cost a query each. */
export function createAuthenticate(db: Db): Authenticate {
  const seen = new Map<string, { caller: Caller | null; until: number }>();
  return async (key) => {
    if (key === null || key === '') throw unauthenticated();
    const sha256 = hashApiKey(key);
    let entry = seen.get(sha256);
    if (!entry || entry.until < performance.now()) {
      entry = { caller: await lookUp(db, sha256), until: performance.now() + CACHE_MS };
      if (seen.size >= CACHE_ENTRIES) seen.clear();
      seen.set(sha256, entry);
    }
    if (!entry.caller) throw unauthenticated();
    return entry.caller;
  };
}

async function lookUp(db: Db, sha256: string): Promise<Caller | null> {
  const row = await findApiKey(db, sha256);
  if (!row || !timingSafeEqual(Buffer.from(row.sha256), Buffer.from(sha256))) return null;
  return { keyId: row.id, scopes: row.scopes, browser: row.scopes.join() === 'ingest' };
}

/** The key of `Authorization: Bearer <key>`, or of Basic with the key as user name, as Segment's libraries send it. */
export function keyOf(headers: IncomingHttpHeaders): string | null {
  const [scheme = '', credentials = ''] = (headers.authorization ?? '').trim().split(/\s+/, 2);
  if (scheme.toLowerCase() === 'bearer') return credentials;
  if (scheme.toLowerCase() !== 'basic') return null;
  return Buffer.from(credentials, 'base64').toString().split(':', 1)[0] ?? null;
}

/** @throws Problem forbidden */
export function demandScope(caller: Caller, scope: Scope): void {
  if (caller.scopes.includes(scope) || caller.scopes.includes('admin')) return;
  throw new Problem('forbidden', `It needs the scope "${scope}".`);
}

function unauthenticated(): Problem {
  return new Problem('unauthenticated', 'Send it as "Authorization: Bearer <key>", or as the user name of Basic.', {
    headers: { 'WWW-Authenticate': 'Bearer realm="nurture", Basic realm="nurture"' },
  });
}

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

/** A key that another process revoked works on for at most this long. */
const CACHE_MS = 5_000;
const CACHE_ENTRIES = 10_000;

export interface Authenticator {
  /** @throws Problem unauthenticated */
  authenticate: (key: string | null) => Promise<Caller>;
  /** After a key was revoked, so that this process knows at once. */
  forget: () => void;
}

/** Looks keys up by their hash, with a short memory: also of wrong ones, which would else cost a query each. */
export function createAuthenticator(db: Db): Authenticator {
  let seen = new Map<string, { caller: Caller | null; until: number }>();
  const authenticate = async (key: string | null): Promise<Caller> => {
    if (key === null || key === '') throw unauthenticated();
    const sha256 = hashApiKey(key);
    // What is looked up while it forgets goes into the old memory, which nobody reads any more.
    const memory = seen;
    let entry = memory.get(sha256);
    if (!entry || entry.until < performance.now()) {
      entry = { caller: await lookUp(db, sha256), until: performance.now() + CACHE_MS };
      if (memory.size >= CACHE_ENTRIES) memory.clear();
      memory.set(sha256, entry);
    }
    if (!entry.caller) throw unauthenticated();
    return entry.caller;
  };
  return { authenticate, forget: () => void (seen = new Map()) };
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

/**
 * Of several scopes one is enough.
 * @throws Problem forbidden
 */
export function demandScope(caller: Caller, scope: Scope | readonly Scope[]): void {
  const enough: readonly string[] = [scope, 'admin'].flat();
  if (caller.scopes.some((one) => enough.includes(one))) return;
  throw new Problem(
    'forbidden',
    `It needs the scope ${[scope]
      .flat()
      .map((one) => `"${one}"`)
      .join(' or ')}.`,
  );
}

function unauthenticated(): Problem {
  return new Problem('unauthenticated', 'Send it as "Authorization: Bearer <key>", or as the user name of Basic.', {
    headers: { 'WWW-Authenticate': 'Bearer realm="nurture", Basic realm="nurture"' },
  });
}

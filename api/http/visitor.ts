import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Problem } from './problems';

/**
 * The user id that a site vouches for: `X-Nurture-User`, with the HMAC-SHA256 of it in hex as `X-Nurture-Signature`.
 * The browser key alone proves nothing: it stands in every page.
 * @throws Problem unauthenticated, the same for whatever is wrong
 */
export function demandVisitor(headers: IncomingHttpHeaders, secret: string | null): string {
  const [user, signature] = [headers['x-nurture-user'], headers['x-nurture-signature']];
  const isProven =
    secret !== null && typeof user === 'string' && typeof signature === 'string' && isSigned(user, signature, secret);
  if (!isProven) throw new Problem('unauthenticated', 'X-Nurture-Signature does not prove X-Nurture-User.');
  // Node reads headers as Latin-1; sites sign and send UTF-8.
  return Buffer.from(user, 'latin1').toString('utf8');
}

function isSigned(user: string, signature: string, secret: string): boolean {
  const expected = createHmac('sha256', secret).update(Buffer.from(user, 'latin1')).digest();
  const given = /^[0-9a-f]{64}$/i.test(signature) ? Buffer.from(signature, 'hex') : Buffer.alloc(expected.length);
  return timingSafeEqual(given, expected) && /^[0-9a-f]{64}$/i.test(signature);
}

import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { Db } from '../../prisma/client';
import {
  closeRequest,
  forgetRequest,
  openRequest,
  touchRequest,
  type RequestId,
  type StoredAnswer,
} from '../../prisma/stores/idempotent-requests';
import { Problem, problemBody, type ProblemCode } from './problems';
import type { Reply } from './reply';
import { plainJson } from '../../workflows/domain/json';

/** @throws Problem validation-failed */
export function idempotencyKeyOf(headers: IncomingHttpHeaders): string | null {
  const key = headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key === 'string' && /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  const errors = [{ in: 'header' as const, pointer: '#/Idempotency-Key', detail: '1–255 visible ASCII characters.' }];
  throw new Problem('validation-failed', undefined, { errors });
}

export function requestId(request: { apiKeyId: string; key: string; target: string; body: Buffer }): RequestId {
  const requestHash = createHash('sha256').update(request.target).update('\n').update(request.body).digest('hex');
  return { apiKeyId: request.apiKeyId, key: request.key, requestHash };
}

/** Well within the time after which a request counts as abandoned. */
const TOUCH_MS = 15_000;

interface Handling {
  handle: () => Promise<Reply>;
  touchMs?: number;
}

/**
 * The first answer of a key is given again, problems of the caller included; our own failures, and a body that broke
 * off, may be tried again.
 * @throws Problem idempotency-in-flight, idempotency-mismatch
 */
export async function once(db: Db, id: RequestId, { handle, touchMs = TOUCH_MS }: Handling): Promise<Reply> {
  const opening = await openRequest(db, id);
  if (opening.kind === 'another-request') throw new Problem('idempotency-mismatch', 'Use a new key for a new request.');
  if (opening.kind === 'in-flight')
    throw new Problem('idempotency-in-flight', undefined, { headers: { 'Retry-After': '1' } });
  if (opening.kind === 'answered') return replay(opening.answer);
  const touching = setInterval(() => void touchRequest(db, id).catch(() => undefined), touchMs);
  try {
    const reply = await handle().catch(settledProblem);
    const stored = { body: reply.repeatedBody ?? reply.body ?? null, headers: reply.headers ?? {} };
    await closeRequest(db, id, { status: reply.status, body: plainJson(stored) });
    return reply;
  } catch (error) {
    await forgetRequest(db, id).catch(() => undefined); // it is taken over later
    throw error;
  } finally {
    clearInterval(touching);
  }
}

/** A request that could not be read to its end has not been made: it is `bad-request`. */
const unsettled: readonly ProblemCode[] = ['bad-request', 'rate-limited'];

function settledProblem(error: unknown): Reply {
  if (!(error instanceof Problem) || error.status >= 500 || unsettled.includes(error.code)) throw error;
  const headers = { ...error.extra.headers, 'Content-Type': 'application/problem+json' };
  return { status: error.status, body: problemBody(error), headers };
}

const storedSchema = z.object({ body: z.unknown(), headers: z.record(z.string(), z.string()) });

function replay({ status, body }: StoredAnswer): Reply {
  const stored = storedSchema.parse(body);
  const headers = { ...stored.headers, 'Idempotency-Replayed': 'true' };
  return { status, headers, ...(stored.body === null ? {} : { body: stored.body }) };
}

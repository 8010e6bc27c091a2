import { z } from 'zod';
import { networkFailure } from '../network';
import type { MailAnswer } from './transport';

/** SendGrid's client or axios failed in some way: only these fields are ever looked at. */
const failureShape = z.object({
  code: z.union([z.string(), z.number()]).optional(),
  syscall: z.string().optional(),
  response: z
    .object({
      status: z.number().optional(),
      headers: z.unknown().optional(),
      body: z.unknown().optional(),
    })
    .optional(),
});
type Failure = z.infer<typeof failureShape>;

const errorBody = z.object({
  errors: z.array(z.object({ message: z.string(), field: z.string().nullish() })).min(1),
});

const retryAfterMs = 10_000;
const longestRetryMs = 60 * 60_000;

/** A 2xx: only 202 (and the sandbox's 200) says that the mail was taken. */
export function classifyResponse(status: number, headers: unknown): MailAnswer {
  if (status !== 202 && status !== 200) return { kind: 'unknown', why: `unexpected answer ${status}` };
  return { kind: 'accepted', providerMessageId: headerOf(headers, 'x-message-id') };
}

export function classifyFailure(error: unknown, now: number): MailAnswer {
  const parsed = failureShape.safeParse(error);
  if (!parsed.success) return { kind: 'unknown', why: 'the call failed in an unknown way' };
  const status = statusOf(parsed.data);
  return status === null ? classifyNetwork(parsed.data, now) : classifyStatus(status, parsed.data, now);
}

/** The client's own error has the status as `code`; axios's has it in the response. */
function statusOf({ code, response }: Failure): number | null {
  if (typeof code === 'number') return code;
  return response?.status ?? null;
}

function classifyNetwork({ code, syscall }: Failure, now: number): MailAnswer {
  const { left, name } = networkFailure({ code, syscall });
  if (!left) return { kind: 'retryable', at: now + retryAfterMs, why: `not reached: ${name}` };
  return { kind: 'unknown', why: `answer lost: ${name}` };
}

function classifyStatus(status: number, { response }: Failure, now: number): MailAnswer {
  if (status === 429) return { kind: 'retryable', at: resetAt(response?.headers, now), why: 'too many requests (429)' };
  if (status === 401 || status === 403) return { kind: 'circuit', why: `key or sender refused (${status})` };
  if (status === 404 || status === 405 || status < 400) {
    return { kind: 'circuit', why: `no mail API at the base URL (${status})` };
  }
  if (status >= 500 || status === 408) return { kind: 'unknown', why: `server error (${status})` };
  return { kind: 'rejected', why: `refused (${status})${fieldOf(response?.body)}` };
}

/** The field that SendGrid objects to. Not its message, which may quote the address. */
function fieldOf(body: unknown): string {
  const parsed = errorBody.safeParse(body);
  const field = parsed.success ? parsed.data.errors[0]?.field : null;
  return field && /^[\w.[\]-]{1,100}$/.test(field) ? `: ${field}` : '';
}

/** `X-RateLimit-Reset` in Unix seconds, with jitter so that not everybody comes back at once. */
function resetAt(headers: unknown, now: number): number {
  const reset = Number(headerOf(headers, 'x-ratelimit-reset')) * 1_000;
  const jitterMs = Math.random() * 1_000;
  return (reset > now && reset < now + longestRetryMs ? reset : now + retryAfterMs) + jitterMs;
}

function headerOf(headers: unknown, name: string): string | null {
  const own: Record<string, unknown> = typeof headers === 'object' ? { ...headers } : {};
  const value = own[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

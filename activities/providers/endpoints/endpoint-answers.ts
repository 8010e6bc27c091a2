import type { CallAnswer } from '../../../workflows/domain/sending/settling';
import { retryable, throttled } from '../answers';
import type { HttpAnswer } from '../http-post';

/** An endpoint that takes each id once is called again for so long; then what became of it stays unknown. */
const PATIENCE_MS = 24 * 60 * 60_000;
const longestPauseMs = 30 * 60_000;

export interface Called {
  /** A second call with the same id has no effect there. */
  idempotent: boolean;
  /** How long this message has been tried. */
  ageMs: number;
  now: number;
}

/** What an endpoint's answer says about the message. */
export function classifyEndpoint(answer: HttpAnswer, called: Called): CallAnswer {
  if (answer.kind === 'not-sent') {
    return answer.isBarred ? { kind: 'circuit', why: answer.why } : retryable(answer.why, called.now);
  }
  if (answer.kind === 'lost') return lost(answer.why, called);
  const { status } = answer;
  if (status >= 200 && status < 300) return { kind: 'accepted', providerMessageId: null };
  if (status === 429) return throttled('too many requests (429)', called.now, answer.retryAfter);
  if (status >= 300 && status < 400) return { kind: 'circuit', why: `redirects are not followed (${status})` };
  if ([401, 403, 404, 405, 410].includes(status))
    return { kind: 'circuit', why: `the endpoint refuses us (${status})` };
  if (status >= 500 || status === 408 || status < 200) return lost(`server error (${status})`, called);
  return { kind: 'rejected', why: `refused (${status})` };
}

/** It may have arrived: only where that does no harm is it called again, more and more slowly. */
function lost(why: string, { idempotent, ageMs, now }: Called): CallAnswer {
  if (!idempotent) return { kind: 'unknown', why };
  if (ageMs > PATIENCE_MS) return { kind: 'unknown', why: `no answer within a day; last: ${why}` };
  return { kind: 'retryable', at: now + Math.min(Math.max(ageMs / 2, 5_000), longestPauseMs), why, lost: true };
}

import type { CallAnswer } from '../../workflows/domain/sending/settling';

const retryAfterMs = 10_000;
const longestRetryMs = 60 * 60_000;

/** It did not leave: once more in a moment, with jitter so that not everybody comes back at once. */
export function retryable(why: string, now: number): CallAnswer {
  return { kind: 'retryable', at: now + retryAfterMs + Math.random() * 1_000, why };
}

/** Too many requests: when the provider says so, in seconds or as a date, an hour at most. */
export function throttled(why: string, now: number, retryAfter: string | null): CallAnswer {
  const asked = afterOf(retryAfter, now);
  const waitMs = Math.min(Math.max(asked ?? retryAfterMs, 1_000), longestRetryMs);
  return { kind: 'retryable', at: now + waitMs + Math.random() * 1_000, why };
}

function afterOf(retryAfter: string | null, now: number): number | null {
  if (retryAfter === null || retryAfter.trim() === '') return null;
  const seconds = Number(retryAfter);
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(retryAfter) - now;
  return Number.isFinite(ms) ? ms : null;
}

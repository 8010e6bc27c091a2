import type { CallAnswer } from '../../workflows/domain/sending/settling';

const retryAfterMs = 10_000;
const longestRetryMs = 60 * 60_000;

/** It did not leave: once more in a moment, with jitter so that not everybody comes back at once. */
export function retryable(why: string, now: number): CallAnswer {
  return { kind: 'retryable', at: now + retryAfterMs + Math.random() * 1_000, why };
}

/** Too many requests: when the provider says so, in seconds or as a date, an hour at most. */
export function throttled(why: string, now: number, retryAfter: string | null): CallAnswer {
  return { kind: 'retryable', at: now + pauseAsked(retryAfter, now), why };
}

/** How long somebody asks us to wait, in milliseconds, with jitter. */
export function pauseAsked(retryAfter: string | null, now: number): number {
  const asked = afterOf(retryAfter, now);
  return Math.min(Math.max(asked ?? retryAfterMs, 1_000), longestRetryMs) + Math.random() * 1_000;
}

function afterOf(retryAfter: string | null, now: number): number | null {
  if (retryAfter === null || retryAfter.trim() === '') return null;
  const seconds = Number(retryAfter);
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(retryAfter) - now;
  return Number.isFinite(ms) ? ms : null;
}

import type { SendState } from './state';

/** How long a send of unknown fate is waited for, and what then. */
export interface UnknownPolicy {
  /** How long a provider's event is waited for. */
  graceMs: number;
  unknownSends: 'proceed' | 'hold';
}

/** What a send that is settled one way or the other answers to whoever asks about it. */
export type SettledAnswer =
  | { kind: 'sent'; state: string }
  | { kind: 'failed'; why: string }
  | { kind: 'unknown'; until: number; then: 'proceed' | 'attention' };

export function answerOf(
  { state, reason, settledAt }: { state: SendState; reason: string | null; settledAt: number | null },
  policy: UnknownPolicy,
): SettledAnswer {
  if (state === 'rejected') return { kind: 'failed', why: reason ?? 'rejected' };
  if (state !== 'unknown') return { kind: 'sent', state };
  const until = (settledAt ?? 0) + policy.graceMs;
  return { kind: 'unknown', until, then: policy.unknownSends === 'hold' ? 'attention' : 'proceed' };
}

/** Whether a send may still be claimed. */
export function isOpen(state: SendState): boolean {
  return state === 'deferred' || state === 'claimed' || state === 'retryable';
}

/** Whether a send has come to an end, though perhaps to an unknown one. */
export function isSettled(state: SendState): boolean {
  return !isOpen(state) && state !== 'sending';
}

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

/** What one of a step's sends answers; everything else is about the step as a whole. */
export type OneAnswer = SettledAnswer | { kind: 'deferred'; until: number; why: string };

const ofOneSend: readonly string[] = ['sent', 'failed', 'deferred', 'unknown'] satisfies OneAnswer['kind'][];

export function isOfOneSend<A extends { kind: string }>(answer: A): answer is Extract<A, { kind: OneAnswer['kind'] }> {
  return ofOneSend.includes(answer.kind);
}

/**
 * What the sends of a step on several channels answer together: it is asked again while one is deferred, then a failed
 * one needs a person, then an unknown one is waited for.
 */
export function together(answers: readonly OneAnswer[]): OneAnswer {
  const deferred = answers.filter((answer) => answer.kind === 'deferred').sort((a, b) => a.until - b.until)[0];
  if (deferred) return deferred;
  const failed = answers.find((answer) => answer.kind === 'failed');
  if (failed) return failed;
  const unknown = answers.filter((answer) => answer.kind === 'unknown').sort((a, b) => b.until - a.until)[0];
  return unknown ?? answers[0] ?? { kind: 'sent', state: 'suppressed' };
}

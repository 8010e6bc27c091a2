import type { SendState } from './state';

/** What the provider's answer to one call means. Instants are epoch milliseconds. */
export type CallAnswer =
  | { kind: 'accepted'; providerMessageId: string | null }
  /** Not accepted; may be called again at `at`. `lost`: for all that is known, it may have arrived. */
  | { kind: 'retryable'; at: number; why: string; lost?: true }
  | { kind: 'rejected'; why: string }
  | { kind: 'unknown'; why: string }
  /** The transport refuses us altogether: everybody waits. */
  | { kind: 'circuit'; why: string };

export type NotAccepted = Exclude<CallAnswer, { kind: 'accepted' }>;

/** How long a transport that refuses us is left alone. */
export const CIRCUIT_MS = 5 * 60_000;
/** Who waited longest is brought at once when it closes; the others come when it would have been tried. */
export const WOKEN_AT_ONCE = 200;
/** No call is repeated sooner, so that nothing spins. */
const PAUSE_MS = 200;

/** A send as far as an answer changes it. */
export interface Unsettled {
  state: SendState;
  reason: string | null;
  /** Attempts that have begun and were not told no. */
  begun: number;
  settledAt: number | null;
  deferredUntil: number | null;
}

/**
 * What an answer other than "accepted" makes of the send of its own attempt; null where it changes nothing. Somebody may
 * have closed the send during the call: then a plain no is the truth only if no other attempt may have got through.
 * PROTOCOL rule 18.
 */
export function settled(row: Unsettled, answer: NotAccepted, at: number): Unsettled | null {
  const reason = answer.why;
  const toldNo = answer.kind !== 'unknown' && !('lost' in answer);
  if (row.state === 'unknown') {
    return toldNo && row.begun === 1 ? { ...row, state: 'rejected', reason, settledAt: at, begun: 0 } : null;
  }
  if (row.state !== 'sending') return null;
  const begun = row.begun - (toldNo ? 1 : 0);
  const state = stateAfter(answer, begun);
  const settledAt = state === 'retryable' ? null : at;
  return { state, reason, begun, settledAt, deferredUntil: retryAt(answer, at) };
}

/** A rejection ends the message only if no other attempt may have delivered it. */
function stateAfter(answer: NotAccepted, begun: number): 'retryable' | 'rejected' | 'unknown' {
  if (answer.kind === 'unknown') return 'unknown';
  if (answer.kind === 'rejected') return begun > 0 ? 'unknown' : 'rejected';
  return 'retryable';
}

function retryAt(answer: NotAccepted, at: number): number | null {
  if (answer.kind === 'retryable') return Math.max(answer.at, at + PAUSE_MS);
  return answer.kind === 'circuit' ? at + CIRCUIT_MS : null;
}

/** When a message that was told "later" is tried again: always later than now. */
export function retriedAt(deferredUntil: number | null, at: number): number {
  return Math.max(deferredUntil ?? 0, at + PAUSE_MS);
}

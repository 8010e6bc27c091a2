import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { MoveOrder } from './effects';
import type { VisitOutcome } from './visits';

/**
 * A knock: Postgres has decided something. `visit` is the one it is meant for, null wakes whatever is waited for.
 * `outcome` is what was written before the signal was sent: how the visit ended, or `leave`.
 */
export interface Wake {
  visit: number | null;
  outcome?: VisitOutcome | 'leave';
}

/** What an enrollment is doing right now; `skip` and `retry` are allowed in some of these, see allowedNow. */
export type RunPhase = 'acting' | 'waiting' | 'deferred' | 'held' | 'needs-attention' | 'finished';

export interface RunPosition {
  stepId: string;
  visit: number;
  phase: RunPhase;
  /** Epoch milliseconds; null for as long as it takes. */
  until: number | null;
  /** In plain words. */
  detail: string;
}

export const wake = defineSignal<[Wake]>('wake');
export const released = defineSignal('released');
export const skip = defineUpdate<void>('skip');
export const retry = defineUpdate<void>('retry');
/** Go on in another version of the journey. */
export const move = defineUpdate<void, [MoveOrder]>('move');
export const position = defineQuery<RunPosition>('position');

/** When a person may intervene. Shared by the workflow's validators, the API and the console. */
export const allowedNow = {
  skip: ['waiting', 'deferred', 'held', 'needs-attention'],
  retry: ['waiting', 'deferred', 'held', 'needs-attention'],
  move: ['waiting', 'deferred', 'held', 'needs-attention'],
} satisfies Record<string, readonly RunPhase[]>;

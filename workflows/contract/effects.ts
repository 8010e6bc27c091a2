import type { Closes, Position, VisitOutcome } from './visits';

/** What every effect on a visit says. Instants are epoch milliseconds; `now` is the workflow's clock. */
export interface EffectRequest {
  enrollmentId: string;
  visit: number;
  stepId: string;
  closes: Closes | null;
  now: number;
}

/** Answers that any effect may give instead of its own; then nothing of it was written. PROTOCOL rules 7 and 8. */
export type Refusal =
  /** The enrollment is finished. */
  | { kind: 'ended'; outcome: string }
  /** The enrollment is further than this visit: go on from `position`. */
  | { kind: 'behind'; position: Position }
  /** It is to leave: finish. */
  | { kind: 'leave' }
  /** The visit before had another end: follow that one; this visit's number is still free. */
  | { kind: 'overtaken'; by: Closes & { stepId: string } }
  /** This number belongs to another step: close that one, take the next number. */
  | { kind: 'taken'; stepId: string }
  /** Held by a pause, until lifted or `until`. `written`: this visit is already stored. */
  | { kind: 'held'; until?: number; written: boolean }
  /** A timeout too early: ask again at `until`. */
  | { kind: 'not-yet'; until: number };

/** The step's `if` was false, or the visit is stored with an end of its own. */
export interface Closed {
  kind: 'closed';
  outcome: VisitOutcome;
}

export type ArriveAnswer =
  | Refusal
  | Closed
  /** Wait until `deadline`, or for a behaviour alone. */
  | { kind: 'waiting'; deadline: number | null };

export type DecideAnswer = Refusal | Closed;

export type SendAnswer =
  | Refusal
  | Closed
  /** Settled one way or the other: the journey goes on. */
  | { kind: 'sent'; state: string }
  /** Ask again at `until`, or when woken. `expires`: no more asking after it, leave with `outcome`. */
  | { kind: 'deferred'; until: number; why: string }
  /** The provider's answer was lost. Go on after `until`, unless an event settles it first. */
  | { kind: 'unknown'; until: number; then: 'proceed' | 'attention' };

export interface FinishRequest {
  enrollmentId: string;
  now: number;
  /** The exit step reached; null when it leaves because it must. */
  at: Omit<EffectRequest, 'enrollmentId' | 'now'> | null;
  /** Written as `leaving` first, if nothing else is: cancel, missing address. */
  leaving?: { outcome: string; cause: string };
}
export type FinishAnswer = Refusal | { kind: 'finished'; outcome: string };

export interface AttentionRequest extends EffectRequest {
  code: string;
  detail: string;
}
export type AttentionAnswer = Extract<Refusal, { kind: 'ended' | 'leave' }> | { kind: 'noted'; written: boolean };

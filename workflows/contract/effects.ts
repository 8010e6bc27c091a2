import type { Refusal } from '../domain/visits/refusal';
import type { Closes, Position, VisitOutcome } from './visits';

export type { Refusal } from '../domain/visits/refusal';

/** What every effect on a visit says. Instants are epoch milliseconds; `now` is the workflow's clock. */
export interface EffectRequest {
  enrollmentId: string;
  visit: number;
  stepId: string;
  closes: Closes | null;
  now: number;
  /**
   * The need for attention (by its instant) that the run has rested in and now ends itself. An effect that clears any
   * other one owes a knock: it is a late copy, and the run rests where nothing else would tell it.
   */
  resumes?: number;
  /** The journey version that the run works by. */
  versionId?: string;
}

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

/** Carried out with its visit: it takes no time. */
export type ActAnswer = Refusal | Closed;

export type SendAnswer =
  | Refusal
  | Closed
  /** Settled one way or the other: the journey goes on. */
  | { kind: 'sent'; state: string }
  /** Refused for good by the provider: a person decides. */
  | { kind: 'failed'; why: string }
  /** Ask again at `until`, or when woken. */
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
  resumes?: number;
}
export type FinishAnswer = Refusal | { kind: 'finished'; outcome: string };

export interface AttentionRequest extends EffectRequest {
  code: string;
  detail: string;
}
/** Where people want an enrollment to go on. Ids only. */
export interface MoveOrder {
  versionId: string;
  /** The number of that version. */
  number: number;
  /** Step of the version before → step of that one, or null for those who end. */
  steps: Record<string, string | null>;
  /** The job that asks. */
  jobId: string;
}

export interface MoveRequest extends EffectRequest {
  order: MoveOrder;
}

export type MoveAnswer =
  | Refusal
  | Closed
  /** It is in that version now, and goes on from here. */
  | { kind: 'moved'; versionId: string; position: Position }
  /** It stays in its version: its step is gone, and nobody said where to go on. */
  | { kind: 'unmoved'; why: string };

export type AttentionAnswer =
  | Extract<Refusal, { kind: 'ended' | 'leave' | 'behind' | 'diverted' }>
  | { kind: 'noted'; written: boolean; since: number };

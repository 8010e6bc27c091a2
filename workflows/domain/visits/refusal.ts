import type { Closes, Position } from './visit';

/** Answers that any effect may give instead of its own; then nothing of it was written. PROTOCOL rules 5 to 8. */
export type Refusal =
  /** The enrollment is finished. */
  | { kind: 'ended'; outcome: string }
  /** The enrollment is elsewhere, or in another version of the journey: go on from `position`, by `versionId`. */
  | { kind: 'behind'; position: Position; versionId?: string }
  /** It is to leave: finish. */
  | { kind: 'leave' }
  /** An event sends it on at a step: go there, closing `visit` with this exit. */
  | { kind: 'diverted'; exit: number; visit: number }
  /** The visit before had another end: follow that one; this visit's number is still free. */
  | { kind: 'overtaken'; by: Closes & { stepId: string } }
  /** This number belongs to another step: close that one, take the next number. */
  | { kind: 'taken'; stepId: string }
  /** Held by a pause, until it is lifted or `until`. `written`: this visit is already stored. */
  | { kind: 'held'; until: number | null; written: boolean }
  /**
   * A timeout too early: wait on at `position` until `until`, for as long as it takes if that is null. Without a
   * position, ask again then.
   */
  | { kind: 'not-yet'; until: number | null; position: Position | null };

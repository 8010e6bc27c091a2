/**
 * How a visit ended. `on:<index>` is a behaviour of a wait, `case:<index>` and `else` are a branch's,
 * `passed` is a step whose `if` was false, `exit:<index>` is an exit of the journey that goes on to another step.
 */
export type VisitOutcome =
  | 'done'
  | 'timeout'
  | `on:${number}`
  | `case:${number}`
  | 'else'
  | `exit:${number}`
  | 'passed'
  | 'skipped'
  | 'retried'
  | 'left'
  | 'moved';

/** The visit before an effect's own, and how the workflow believes it ended. */
export interface Closes {
  visit: number;
  outcome: VisitOutcome;
}

/** Where an enrollment stands: the effect that belongs there, so that a workflow that lost its way goes on from it. */
export interface Position {
  visit: number;
  stepId: string;
  closes: Closes | null;
}

export type EnrollmentStatus = 'active' | 'held' | 'needs_attention' | 'finished';

/**
 * An event met an exit that goes on at a step. Plain JSON, stored with the enrollment: the first stays, and there is one
 * in an enrollment. It is pending until the effect that goes on with it has closed the visit it came in.
 */
export interface Diversion {
  /** Its index in the journey's `exits`. */
  exit: number;
  /** The event, and its place in the order of processing. */
  seq: string;
  turn: string;
  /** When it was accepted, in epoch milliseconds. */
  at: number;
  /** The visit that it ended; null while it is pending. */
  taken: number | null;
}

/** An enrollment as it is stored, read under its contact's lock. */
export interface Standing {
  status: EnrollmentStatus;
  outcome: string | null;
  /** The outcome it is to leave with. */
  leaving: string | null;
  diverted: Diversion | null;
  /** The last visit written; 0 before the first. */
  visit: number;
  /** The journey version that it is in. */
  versionId?: string;
  /** Where a move to that version put it: the step that is taken at this visit, once nothing later is written. */
  ahead?: Ahead | null;
}

/** The step of the new version that a move put an enrollment before. */
export interface Ahead {
  visit: number;
  stepId: string;
}

/** A visit as it is stored. Instants are epoch milliseconds. */
export interface StoredVisit {
  visit: number;
  stepId: string;
  outcome: VisitOutcome | null;
  deadline: number | null;
}

/**
 * How a visit ended. `on:<index>` is a behaviour of a wait, `case:<index>` and `else` are a branch's,
 * `passed` is a step whose `if` was false.
 */
export type VisitOutcome =
  | 'done'
  | 'timeout'
  | `on:${number}`
  | `case:${number}`
  | 'else'
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

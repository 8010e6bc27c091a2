import type { Closes, Position } from './visits';

/** Where the interpreter stands, between two effects. Plain JSON: it travels through continue-as-new. */
export interface RunState {
  /** The step whose effect comes next. */
  stepId: string;
  /** The visit number that effect asks for. */
  visit: number;
  /** The visit before, and how it ended. */
  closes: Closes | null;
  /** The need for attention that this run rested in and now ends itself: see EffectRequest. */
  resumes?: number;
}

export function begin(firstStepId: string): RunState {
  return { stepId: firstStepId, visit: 1, closes: null };
}

/** The state of a workflow that was told where its enrollment stands. */
export function at(position: Position): RunState {
  return { stepId: position.stepId, visit: position.visit, closes: position.closes };
}

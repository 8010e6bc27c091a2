import type { StepOf } from '../../../journeys/graph';
import type { Reading } from '../reading';

export type ActKind = 'update' | 'score' | 'task' | 'enroll';
export type ActStep = StepOf<ActKind>;

/** Writes what a step of this kind is for; its visit is already written. */
export type Act<K extends ActKind> = (reading: Reading, step: StepOf<K>) => void;

const missing = (): never => {
  throw new Error('not built');
};

export const acts: { [K in ActKind]: Act<K> } = { update: missing, score: missing, task: missing, enroll: missing };

import type { StepOf } from '../../../journeys/graph';
import type { Reading } from '../reading';

export type ActKind = 'update' | 'score' | 'task' | 'enroll';
export type ActStep = StepOf<ActKind>;

/** Writes what a step of this kind is for; its visit is already written. */
export type Act<K extends ActKind> = (reading: Reading, step: StepOf<K>) => void;

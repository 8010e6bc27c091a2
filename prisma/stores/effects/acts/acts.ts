import type { StepOf } from '../../../../workflows/journeys/graph';
import type { Tx } from '../../../client';
import type { EffectContext } from '../context';

export type ActKind = 'update' | 'score' | 'task' | 'enroll';
export type ActStep = StepOf<ActKind>;

/** Writes what a step of this kind is for, under the contact's lock, with its visit already written. */
export type Act<K extends ActKind> = (
  tx: Tx,
  context: EffectContext,
  it: { step: StepOf<K>; visit: number },
) => Promise<void>;

const missing = (): Promise<void> => Promise.reject(new Error('not built'));

export const acts: { [K in ActKind]: Act<K> } = { update: missing, score: missing, task: missing, enroll: missing };

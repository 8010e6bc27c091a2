import type { RenderText } from '../../../../workflows/domain/tasks/render-text';
import type { StepOf } from '../../../../workflows/journeys/graph';
import type { Tx } from '../../../client';
import type { EffectContext } from '../context';

export type ActKind = 'update' | 'score' | 'task' | 'enroll';
export type ActStep = StepOf<ActKind>;

export interface ActContext extends EffectContext {
  renderText: RenderText;
}

/** Writes what a step of this kind is for, under the contact's lock, with its visit already written. */
export type Act<K extends ActKind> = (
  tx: Tx,
  context: ActContext,
  it: { step: StepOf<K>; visit: number },
) => Promise<void>;

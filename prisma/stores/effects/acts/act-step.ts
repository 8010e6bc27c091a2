import type { Json, JsonObject } from '../../../../workflows/domain/json';
import type { StepOf } from '../../../../workflows/journeys/graph';
import type { Tx } from '../../../client';
import type { EffectContext } from '../context';

export type ActKind = 'update' | 'score' | 'task' | 'enroll';
export type ActStep = StepOf<ActKind>;

/** Makes an author's Liquid into one person's text. `what` names it where it fails for good. */
export type RenderText = (
  source: string,
  it: { contact: Record<string, Json>; entry: JsonObject; what: string },
) => string;

export interface ActContext extends EffectContext {
  renderText: RenderText;
}

/** Writes what a step of this kind is for, under the contact's lock, with its visit already written. */
export type Act<K extends ActKind> = (
  tx: Tx,
  context: ActContext,
  it: { step: StepOf<K>; visit: number },
) => Promise<void>;

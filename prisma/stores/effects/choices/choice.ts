import type { JsonObject } from '../../../../workflows/domain/json';
import type { VisitOutcome } from '../../../../workflows/domain/visits/visit';
import type { StepOf } from '../../../../workflows/journeys/graph';
import type { Tx } from '../../../client';
import type { EffectContext } from '../context';

export type ChoiceKind = 'branch' | 'split' | 'repeat';
export type ChoiceStep = StepOf<ChoiceKind>;

/** The path that is taken, and what the decision says about it. */
export interface Choice {
  outcome: VisitOutcome;
  reason: string;
  inputs: JsonObject;
}

/** Decides under the contact's lock, before the visit is written. */
export type Choose<K extends ChoiceKind> = (tx: Tx, context: EffectContext, step: StepOf<K>) => Promise<Choice>;

import type { JourneyEffects, DeliveryEffects } from '../contract/activities';
import type { MoveOrder } from '../contract/effects';
import type { RunPhase } from '../contract/messages';
import type { VisitOutcome } from '../contract/visits';
import type { Graph } from '../journeys/graph';

/** Why a run goes on after resting. */
export type Woke =
  /** The rest is over. */
  | { kind: 'time' }
  /** Something was decided about this visit; with an outcome where the knock brought it along. */
  | { kind: 'knock'; outcome?: VisitOutcome }
  /** The enrollment is to leave. */
  | { kind: 'leave' }
  /** A pause was lifted. */
  | { kind: 'released' }
  /** A person intervened. */
  | { kind: 'skip' }
  | { kind: 'retry' }
  /** It is to go on in another version. */
  | { kind: 'move'; order: MoveOrder }
  /** The workflow was cancelled. */
  | { kind: 'cancel' };

export interface Rest {
  phase: RunPhase;
  stepId: string;
  visit: number;
  /** Epoch milliseconds; null for as long as it takes. */
  until: number | null;
  /** In plain words, for the operator. */
  detail: string;
}

export type EffectName = Exclude<keyof JourneyEffects, 'loadGraph'> | keyof DeliveryEffects;
type Effects = JourneyEffects & DeliveryEffects;
export type Requested<N extends EffectName> = Parameters<Effects[N]>[0];
export type Answered<N extends EffectName> = Awaited<ReturnType<Effects[N]>>;

/**
 * All that the interpreter can do. Temporal, the virtual clock and the past each implement it; the interpreter
 * knows none of them.
 */
export interface Host {
  /** The clock, in epoch milliseconds. */
  now(): number;
  /** Carries out an effect; `summary` names it for operators. Throws `EffectGaveUp` when it failed for good. */
  perform<N extends EffectName>(name: N, request: Requested<N>, summary: string): Promise<Answered<N>>;
  /** Rests until the instant, a knock or a person; at once if the instant is past or a knock is already there. */
  rest(rest: Rest): Promise<Woke>;
  loadGraph(versionId: string): Promise<Graph>;
  /** True when the run should hand its state over to a fresh one. */
  renewDue(): boolean;
}

/** An effect that will not succeed by itself. */
export class EffectGaveUp extends Error {
  override readonly name = 'EffectGaveUp';
  constructor(
    readonly code: string,
    readonly detail: string,
  ) {
    super(`${code}: ${detail}`);
  }
}

import type { Graph } from '../journeys/graph';
import type {
  ArriveAnswer,
  AttentionAnswer,
  AttentionRequest,
  DecideAnswer,
  EffectRequest,
  FinishAnswer,
  FinishRequest,
  SendAnswer,
} from './effects';

/** Effects on the database: local activities of the queue `journeys`. */
export interface JourneyEffects {
  loadGraph(versionId: string): Promise<Graph>;
  /** Opens a wait: closes the visit before, records deadline and subscriptions, looks back. */
  arrive(request: EffectRequest): Promise<ArriveAnswer>;
  /** Takes a branch, or passes a step whose `if` is false. */
  decide(request: EffectRequest): Promise<DecideAnswer>;
  finish(request: FinishRequest): Promise<FinishAnswer>;
  needAttention(request: AttentionRequest): Promise<AttentionAnswer>;
}

/** Effects that reach a provider: activities of the queue `delivery`. */
export interface DeliveryEffects {
  /** Claim, render, begin, call, settle. */
  sendEmail(request: EffectRequest): Promise<SendAnswer>;
}

import type { Graph } from '../journeys/graph';
import type {
  ActAnswer,
  ArriveAnswer,
  AttentionAnswer,
  AttentionRequest,
  DecideAnswer,
  EffectRequest,
  FinishAnswer,
  FinishRequest,
  MoveAnswer,
  MoveRequest,
  SendAnswer,
} from './effects';

/** Effects on the database: local activities of the queue `journeys`. */
export interface JourneyEffects {
  loadGraph(versionId: string): Promise<Graph>;
  /** Opens a wait: closes the visit before, records deadline and subscriptions, looks back. */
  arrive(request: EffectRequest): Promise<ArriveAnswer>;
  /** Chooses a path at a branch, a split or a repeat, or passes a step whose `if` is false. */
  decide(request: EffectRequest): Promise<DecideAnswer>;
  /** Carries out what only writes: update, score, task, enroll. */
  act(request: EffectRequest): Promise<ActAnswer>;
  finish(request: FinishRequest): Promise<FinishAnswer>;
  needAttention(request: AttentionRequest): Promise<AttentionAnswer>;
  /** Puts the enrollment into another version of its journey, where it goes on. */
  move(request: MoveRequest): Promise<MoveAnswer>;
}

/** Effects that reach a provider: activities of the queue `delivery`. */
export interface DeliveryEffects {
  /** Claim, render, begin, call, settle. */
  sendEmail(request: EffectRequest): Promise<SendAnswer>;
  /** The same on another channel. */
  sendMessage(request: EffectRequest): Promise<SendAnswer>;
  /** The same to staff, on every channel that the step names. */
  notify(request: EffectRequest): Promise<SendAnswer>;
}

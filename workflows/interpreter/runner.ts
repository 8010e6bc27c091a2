import type { EffectRequest, Refusal } from '../contract/effects';
import type { RunState } from '../contract/run-state';
import type { VisitOutcome } from '../contract/visits';
import type { StepKind, StepOf } from '../journeys/graph';
import type { Host, Woke } from './host';

/** What one run of a step came to. */
export type Outcome =
  | Refusal
  /** This visit ended: on to what follows. */
  | { kind: 'closed'; outcome: VisitOutcome }
  /** The same visit once more. */
  | { kind: 'again' }
  /** A rest of a visit that is stored was ended by something that the step itself does not know. */
  | { kind: 'disturbed'; by: Woke }
  /** Only a person can help. */
  | { kind: 'attention'; code: string; detail: string }
  | { kind: 'finished'; outcome: string };

export interface Run {
  enrollmentId: string;
  /** The journey version that it runs by. */
  versionId: string;
  state: RunState;
  host: Host;
}

export type Runner<K extends StepKind> = (step: StepOf<K>, run: Run) => Promise<Outcome>;

export function requestOf({ enrollmentId, versionId, state, host }: Run): EffectRequest {
  const { visit, stepId, closes, resumes } = state;
  const at = { enrollmentId, visit, stepId, closes, now: host.now(), versionId };
  return { ...at, ...(resumes !== undefined && { resumes }) };
}

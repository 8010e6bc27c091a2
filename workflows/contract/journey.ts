import type { RunState } from './run-state';

export const CONTACT_JOURNEY = 'contactJourney';

/**
 * Raised when the interpreter behaves differently: runs keep the number they started with, until they continue as new.
 */
export const ENGINE = 1;

export interface JourneyLimits {
  /** History events after which a run continues as new, between visits. */
  historyEvents: number;
}

/** Ids and numbers only: no personal data enters a history. */
export interface JourneyInput {
  enrollmentId: string;
  versionId: string;
  engine: number;
  limits: JourneyLimits;
  /** Carried over by continue-as-new. */
  state?: RunState;
}

export interface JourneyResult {
  outcome: string;
}

/** A merge never renames a workflow, so the contact is not part of its id. */
export function journeyWorkflowId(journeyKey: string, enrollmentId: string): string {
  return `${journeyKey}/${enrollmentId}`;
}

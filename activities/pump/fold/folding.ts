import type { Json } from '../../../workflows/domain/json';
import type { Changes } from './changes';
import type { Rules, Subject, TurnedEvent } from './subject';

/** One event at work on one contact. */
export interface Folding {
  subject: Subject;
  event: TurnedEvent;
  rules: Rules;
  changes: Changes;
  /** Another event of the batch counts for their score: late ones count together with it. */
  scoresOn: boolean;
}

/** Fields whose value an event changed, with the new one; traits as `traits.<name>`. */
export type Learned = Record<string, Json>;

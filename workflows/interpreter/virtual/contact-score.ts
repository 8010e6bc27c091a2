import type { Tally } from '../../domain/scoring/tally';

/** What a contact's score is made of, and whether that came together with another's since. */
export interface ContactScore {
  tally: Tally;
  stale: boolean;
}

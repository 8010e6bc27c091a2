import type { VisitOutcome } from './visit';

/** Turns that a mark may be made of; see PROTOCOL rule 2. */
export interface Turns {
  /** The contact's latest. */
  last: bigint;
  /** Of the first event accepted at or after the visit's deadline; null if there is none. */
  firstLate: bigint | null;
}

/** The mark of a wait that an event has won: nothing accepted at or after the deadline may be lost to it. */
export function markOfWinner(winner: bigint, firstLate: bigint | null): bigint {
  return firstLate !== null && firstLate - 1n < winner ? firstLate - 1n : winner;
}

/** A visit's own marks: where its look-back began, and the mark given when it was written. */
export interface OwnMarks {
  look: bigint;
  mark: bigint;
}

/** The mark of a visit at the moment it is closed by `outcome`. */
export function markAtClose(outcome: VisitOutcome, own: OwnMarks, turns: Turns): bigint {
  switch (outcome) {
    case 'timeout':
      return turns.firstLate !== null && turns.firstLate - 1n < turns.last ? turns.firstLate - 1n : turns.last;
    case 'moved':
      return own.look;
    case 'skipped':
    case 'retried':
    case 'left':
      return turns.last;
    default:
      return own.mark;
  }
}

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

/**
 * Where the look-back begins of the step that a diversion goes on at: at the diverting event. What was accepted at or
 * after it and processed before it is not lost. PROTOCOL rule 25.
 */
export function markOfDiversion(turn: bigint, firstAfter: bigint | null): bigint {
  return firstAfter !== null && firstAfter < turn ? firstAfter - 1n : turn;
}

/** A visit's own marks: where its look-back began, and the mark given when it was written. */
export interface OwnMarks {
  look: bigint;
  mark: bigint;
}

/** The mark of a visit at the moment it is closed by `outcome`. */
export function markAtClose(outcome: VisitOutcome, own: OwnMarks, turns: Turns): bigint {
  if (outcome === 'timeout') return beforeFirstLate(turns);
  if (outcome === 'moved') return own.look;
  return byPeople.includes(outcome) ? turns.last : own.mark;
}

/** Ends that come from outside the step: what happened until then is done with. */
const byPeople: readonly VisitOutcome[] = ['skipped', 'retried', 'left'];

function beforeFirstLate({ last, firstLate }: Turns): bigint {
  return firstLate !== null && firstLate - 1n < last ? firstLate - 1n : last;
}

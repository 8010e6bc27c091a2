/** A record (`from`) that turned out to be the same person as another (`into`). */
export interface JoinRow {
  from: string;
  into: string;
}

/** Two records that are made one, and on whose word. */
export interface Joining extends JoinRow {
  /** Whose word it was: an event's, a person's, or that of a rule about duplicates. */
  by: 'identity' | 'hand' | 'rule';
  reason: string;
  requestedBy?: string | null;
}

export function columnsOf(joins: readonly JoinRow[]): { from: string[]; into: string[] } {
  return { from: joins.map(({ from }) => from), into: joins.map(({ into }) => into) };
}

import type { Axis } from '../model';

/** What one rule, step or hand gave altogether, as the ledger says. */
export interface RuleSum {
  kind: string;
  axis: Axis;
  group: string;
  rule: string;
  points: number;
  /** Points that caps kept away. */
  lost: number;
  times: number;
  /** Epoch milliseconds. */
  lastAt: number;
}

/** A line of the ledger, as far as sums are made of it. */
export type Line = Pick<RuleSum, 'kind' | 'axis' | 'group' | 'rule' | 'points' | 'lost'> & { at: number };

/**
 * Sums by rule of lines that are in order, as they first gave something. What engagement came before the last reset is
 * gone with it, and so is the reset.
 */
export function sumLines(lines: readonly Line[]): RuleSum[] {
  const reset = lines.map(({ kind }) => kind).lastIndexOf('reset');
  return addLines(
    [],
    lines.filter(({ axis }, place) => axis === 'fit' || place > reset),
  );
}

/** Sums with lines more, none of which is a reset. */
export function addLines(known: readonly RuleSum[], lines: readonly Line[]): RuleSum[] {
  const sums = new Map(known.map((sum) => [keyOf(sum), { ...sum }]));
  for (const { at, ...line } of lines) {
    const key = keyOf(line);
    const sum = sums.get(key) ?? { ...line, points: 0, lost: 0, times: 0, lastAt: at };
    sum.points += line.points;
    sum.lost += line.lost;
    sum.times += 1;
    sum.lastAt = at;
    sums.set(key, sum);
  }
  return [...sums.values()];
}

function keyOf({ kind, axis, group, rule }: Omit<Line, 'at' | 'points' | 'lost'>): string {
  return JSON.stringify([kind, axis, group, rule]);
}

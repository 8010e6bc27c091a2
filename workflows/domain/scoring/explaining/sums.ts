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
  const sums = new Map<string, RuleSum>();
  for (const { at, ...line } of lines.filter(({ axis }, place) => axis === 'fit' || place > reset)) {
    const key = JSON.stringify([line.kind, line.axis, line.group, line.rule]);
    const sum = sums.get(key) ?? { ...line, points: 0, lost: 0, times: 0, lastAt: at };
    sum.points += line.points;
    sum.lost += line.lost;
    sum.times += 1;
    sum.lastAt = at;
    sums.set(key, sum);
  }
  return [...sums.values()];
}

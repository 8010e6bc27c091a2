import { advanceScore } from '../advance';
import type { Axis, ScoreModel } from '../model';
import { scoreAt, type Standing } from '../score-at';
import type { MarkOf, ScoreState } from '../state';
import { capsThatBit } from './caps';
import { decayed } from './decay';
import { toldInWords } from './history';
import { readinessInWords } from './readiness';
import type { RuleSum } from './sums';
import { list, moment, number, period, points, times } from './words';

export interface Explained {
  /** `81 points, tier high since 2026-05-03 14:20: fit 25, engagement 56, grade A1. Ready for sales.` */
  summary: string;
  /** What each rule gave altogether, most first. */
  rules: { rule: string; axis: Axis; points: number; times: number; words: string }[];
  caps: string[];
  decay: string[];
  /** Crossings, in the order given. */
  history: string[];
  ready: { ready: boolean; met: string[]; missing: string[] };
}

export interface ToExplain {
  model: ScoreModel;
  /** As it is at `at`, or was at any instant before with nothing counted in between. */
  state: ScoreState;
  /** Of the ledger up to `at`; of engagement since the last reset. */
  sums: readonly RuleSum[];
  marks: readonly Pick<MarkOf, 'kind' | 'from' | 'to' | 'total' | 'at'>[];
  at: number;
}

/** A score in words: why it is what it is, and what is missing for sales. */
export function explainScore({ model, state: before, sums, marks, at }: ToExplain): Explained {
  const { state } = advanceScore(model, before, at);
  const standing = scoreAt(model, state, at);
  return {
    summary: summaryOf(model, { standing, state }),
    rules: sums
      .filter((sum) => number(sum.points) !== '0')
      .sort((a, b) => Math.abs(b.points) - Math.abs(a.points))
      .map((sum) => {
        const { rule, axis, points: given, times: often } = sum;
        return { rule, axis, points: given, times: often, words: ruleWords(model, sum) };
      }),
    caps: capsThatBit(model, state, { sums, at }),
    decay: decayed(model, state, { sums, at }),
    history: marks.map(toldInWords),
    ready: { ready: standing.ready, ...readinessInWords(model, state, { standing, at }) },
  };
}

function summaryOf(model: ScoreModel, { standing, state }: { standing: Standing; state: ScoreState }): string {
  const { fit, engagement, total, tier, grade, ready, blocked } = standing;
  const since = state.tierSince === null ? '' : ` since ${moment(state.tierSince)}`;
  const parts = `fit ${number(fit)}, engagement ${number(engagement)}, grade ${grade}`;
  const reads = blocked ? `, but the total reads 0 until ${untilWords(model, state)}` : '';
  return `${points(total)}, tier ${tier}${since}: ${parts}${reads}. ${ready ? 'Ready' : 'Not ready'} for sales.`;
}

function untilWords({ resets }: ScoreModel, { blockedBy }: ScoreState): string {
  const until = resets.flatMap((reset) => (blockedBy.includes(reset.id) ? (reset.until ?? []) : []));
  return list([...new Set(until)]).replace(/ and /, ' or ');
}

function ruleWords({ silence }: ScoreModel, { kind, rule, axis, points: sum, times: often, lastAt }: RuleSum): string {
  const verb = sum < 0 ? 'took' : 'gave';
  const what = `${verb} ${points(Math.abs(sum))} of ${axis}`;
  if (kind === 'silence' && silence)
    return `silence ${what}: ${points(Math.abs(silence.points))} for every ${period(silence.ms)} without behaviour`;
  if (kind === 'fit') return `${rule} ${verb === 'took' ? 'takes' : 'gives'} ${points(Math.abs(sum))} of fit`;
  return `${rule} ${what}, ${often === 1 ? 'on' : `${times(often)}, last on`} ${moment(lastAt)}`;
}

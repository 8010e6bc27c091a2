import type { Tier } from '../scoring/tiers';
import type { Sample, SideTally, Tally } from './tally';

/** Fewer answers of sales than this say nothing about a model. */
export const ENOUGH_ANSWERS = 20;

/** How well being ready told what sales would say. Null where nothing is there to divide by. */
export interface Agreement {
  truePositives: number;
  falsePositives: number;
  falseNegatives: number;
  trueNegatives: number;
  /** Of those that the model called ready, the share that sales took. */
  precision: number | null;
  /** Of those that sales took, the share that the model called ready. */
  recall: number | null;
}

export interface SideReport {
  tiers: Record<Tier, number>;
  ready: number;
  histogram: { from: number; contacts: number }[];
}

/** What a draft of the model would change. */
export interface TrialReport {
  contacts: number;
  events: number;
  now: SideReport;
  draft: SideReport;
  moves: { from: Tier; to: Tier; contacts: number; sample: Sample[] }[];
  /** People who became ready for the first time, by week. */
  mqls: { week: string; now: number; draft: number }[];
  sales: {
    accepted: number;
    rejected: number;
    /** False: too few answers to go by. */
    enough: boolean;
    now: Agreement;
    draft: Agreement;
    /** Were everybody from so many points on offered to sales. */
    thresholds: { threshold: number; now: Agreement; draft: Agreement }[];
  };
}

const tiers: readonly Tier[] = ['none', 'low', 'medium', 'high'];
const thresholds = [25, 40, 50, 60, 71, 85, 100, 120, 150] as const;

export function reportOf(tally: Tally): TrialReport {
  const { contacts, events, now, draft } = tally;
  const { acceptedReady, acceptedNotReady, rejectedReady, rejectedNotReady } = now.answers;
  const [accepted, rejected] = [acceptedReady + acceptedNotReady, rejectedReady + rejectedNotReady];
  return {
    ...{ contacts, events, now: sideOf(now), draft: sideOf(draft) },
    moves: movesOf(tally),
    mqls: weeksOf(now, draft),
    sales: {
      ...{ accepted, rejected, enough: accepted + rejected >= ENOUGH_ANSWERS },
      now: agreementOf(now.answers),
      draft: agreementOf(draft.answers),
      thresholds: thresholds.map((threshold) => ({
        threshold,
        now: agreementFrom(now, threshold),
        draft: agreementFrom(draft, threshold),
      })),
    },
  };
}

function sideOf({ tiers: own, ready, totals }: SideTally): SideReport {
  const histogram = Object.entries(totals).map(([from, contacts]) => ({ from: Number(from), contacts }));
  return { tiers: own, ready, histogram: histogram.sort((a, b) => a.from - b.from) };
}

/** From the lowest tier up. */
function movesOf({ moves }: Tally): TrialReport['moves'] {
  return tiers.flatMap((from) =>
    tiers.flatMap((to) => {
      const move = moves[`${from}-${to}`];
      return move ? [{ from, to, ...move }] : [];
    }),
  );
}

function weeksOf(now: SideTally, draft: SideTally): TrialReport['mqls'] {
  const weeks = [...new Set([...Object.keys(now.weeks), ...Object.keys(draft.weeks)])].sort();
  return weeks.map((week) => ({ week, now: now.weeks[week] ?? 0, draft: draft.weeks[week] ?? 0 }));
}

function agreementFrom({ accepted, rejected }: SideTally, threshold: number): Agreement {
  const split = (counts: Record<string, number>) => {
    const entries = Object.entries(counts);
    const sum = (reached: boolean) =>
      entries.reduce((all, [total, n]) => (Number(total) >= threshold === reached ? all + n : all), 0);
    return [sum(true), sum(false)] as const;
  };
  const [acceptedReady, acceptedNotReady] = split(accepted);
  const [rejectedReady, rejectedNotReady] = split(rejected);
  return agreementOf({ acceptedReady, acceptedNotReady, rejectedReady, rejectedNotReady });
}

function agreementOf(answers: SideTally['answers']): Agreement {
  const { acceptedReady, acceptedNotReady, rejectedReady, rejectedNotReady } = answers;
  return {
    truePositives: acceptedReady,
    falsePositives: rejectedReady,
    falseNegatives: acceptedNotReady,
    trueNegatives: rejectedNotReady,
    precision: share(acceptedReady, acceptedReady + rejectedReady),
    recall: share(acceptedReady, acceptedReady + acceptedNotReady),
  };
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 1000) / 1000;
}

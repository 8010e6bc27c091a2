import type { EngagementRule, ScoreModel } from '../../../workflows/domain/scoring/model';
import { plainModel } from '../../../workflows/domain/scoring/plain-model';
import { replayScore } from '../../../workflows/domain/scoring/replay';
import { scoreAt } from '../../../workflows/domain/scoring/score-at';
import type { ScoreInput, Scored } from '../../../workflows/domain/scoring/state';
import type { Json, JsonObject } from '../../../workflows/domain/json';

export const hour = 3_600_000;
export const day = 24 * hour;

/** A rule of plain points, of its own group. */
export const rule = (id: string, type: string, points: number, more: Partial<EngagementRule> = {}): EngagementRule => ({
  ...{ id, group: id, types: [type], where: null, points, within: null, per: null, cap: null, halfLifeMs: null },
  ...more,
});

export const modelOf = (more: Partial<ScoreModel>): ScoreModel => ({ ...plainModel, ...more });

let seq = 0n;
/** Instants in days. */
export const event = (days: number, type: string, properties: JsonObject = {}): ScoreInput => ({
  ...{ kind: 'event', at: Math.round(days * day), seq: (seq += 1n), type, properties },
});
export const fields = (days: number, contact: Record<string, Json>): ScoreInput => ({
  ...{ kind: 'fields', at: days * day, contact },
});
export const given = (days: number, points: number, axis: 'fit' | 'engagement' = 'engagement'): ScoreInput => ({
  ...{ kind: 'given', at: days * day, axis, points, rule: 'by hand' },
});

export const play = (model: ScoreModel, inputs: readonly ScoreInput[], days: number): Scored =>
  replayScore(model, inputs, days * day);

/** How a score stands after some days. */
export const standing = (model: ScoreModel, inputs: readonly ScoreInput[], days: number) =>
  scoreAt(model, play(model, inputs, days).state, days * day);

/** Such as `5: pricing +10` or `30: silence -5`, by day; what caps kept away in brackets. */
export const ledger = ({ entries }: Scored): string[] =>
  entries.map(({ at, rule: by, points, lost }) => {
    return `${at / day}: ${by} ${points < 0 ? '' : '+'}${points}${lost === 0 ? '' : ` (${lost} lost)`}`;
  });

/** Such as `5: tier none → low at 10`. */
export const crossings = ({ marks }: Scored): string[] =>
  marks.map(({ at, kind, from, to, total }) => `${at / day}: ${kind} ${from} → ${to} at ${total}`);

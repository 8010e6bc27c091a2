import type { Condition } from '../domain/conditions/condition';
import { expandGroup, type EventGroups } from '../domain/events';
import type { EngagementRule, FitRule, ResetRule, ScoreModel, Tiers } from '../domain/scoring/model';
import type { ScoreModelDocument } from './document';
import { elapsedMs, oftenMs } from './periods';

/** The model of a document that passed its checks: periods in milliseconds, groups of events spelled out. */
export function compileModel(document: ScoreModelDocument, groups: EventGroups): ScoreModel {
  const { fit, engagement, resets, caps, silence, tiers, grid, ready, thresholds } = document;
  const typesOf = (events: string | readonly string[]) => expandAll(events, groups);
  return {
    fit: fit.map(compileFit),
    engagement: engagement.map((rule) => compileEngagement(rule, { document, groups })),
    resets: resets.map(({ id, on, where, until }): ResetRule => {
      return { id, types: typesOf(on), where: where ?? null, until: until === undefined ? null : typesOf(until) };
    }),
    caps: { fit: caps.fit ?? null, engagement: caps.engagement ?? null, groups: caps.groups },
    silence: silence && { ms: elapsedMs(silence.after), points: silence.points, types: typesOf(silence.unless) },
    tiers: compileTiers(tiers),
    grid,
    ready: { tier: ready.tier, fit: ready.fit, humanMs: elapsedMs(ready.human), types: typesOf(ready.on) },
    thresholds,
  };
}

function compileFit({ id, when, points, group }: ScoreModelDocument['fit'][number]): FitRule {
  return { id, group: group ?? fieldsOf(when).join('+'), when, points };
}

/** The fields that a condition asks for, sorted, each once. */
function fieldsOf(condition: Condition): string[] {
  const fields = (part: Condition): string[] => {
    if ('all' in part) return part.all.flatMap(fields);
    if ('any' in part) return part.any.flatMap(fields);
    if ('not' in part) return fields(part.not);
    return 'field' in part ? [part.field] : [];
  };
  return [...new Set(fields(condition))].sort();
}

interface Compiling {
  document: ScoreModelDocument;
  groups: EventGroups;
}

function compileEngagement(
  rule: ScoreModelDocument['engagement'][number],
  { document, groups }: Compiling,
): EngagementRule {
  const { id, on, where, points, times, within, per, max, cap, group, halfLife = document.halfLife } = rule;
  return {
    id,
    group: group ?? '',
    types: expandAll(on, groups),
    where: where ?? null,
    points,
    within: times === undefined || within === undefined ? null : { times, ms: elapsedMs(within) },
    per: per === undefined ? null : { max: max ?? 1, ms: oftenMs(per) },
    cap: cap ?? null,
    halfLifeMs: halfLife === undefined ? null : elapsedMs(halfLife),
  };
}

function expandAll(events: string | readonly string[], groups: EventGroups): string[] {
  return [...new Set([events].flat().flatMap((name) => expandGroup(name, groups)))];
}

/** A tier that is left out begins where the next one does: nobody is ever in it. */
function compileTiers({ low, medium, high, slack, dwell }: ScoreModelDocument['tiers']): Tiers {
  const middle = medium ?? high;
  return { low: low ?? middle, medium: middle, high, slack, dwellMs: elapsedMs(dwell) };
}

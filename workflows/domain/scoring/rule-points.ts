import type { EngagementRule, ScoreModel } from './model';
import type { ScoreState } from './state';
import { partsWorth } from './worth';

/** What an event made of a rule. */
export interface Counted {
  /** Points, and what caps kept away; null where it did not count. */
  gained: { points: number; lost: number } | null;
  /** What the rule remembers from now on; null where nothing is new. */
  memory: Memory | null;
}

type Memory = ScoreState['rules'][string];

const nothing: Memory = { points: 0, counted: [], seen: [] };

/** One event of a rule, at its instant: whether it comes often enough, not too often, and how much room caps leave. */
export function countRule(
  model: ScoreModel,
  state: ScoreState,
  { rule, at }: { rule: EngagementRule; at: number },
): Counted {
  const { within, per, cap } = rule;
  if (within === null && per === null && cap === null)
    return { gained: gain(model, state, { rule, at, room: Infinity }), memory: null };
  const old = state.rules[rule.id] ?? nothing;
  const seen = within === null ? old.seen : recent(old.seen, at - within.ms, at).slice(-within.times);
  const isOften = within === null || seen.length >= within.times;
  const counted = per === null ? old.counted : inPeriod(old.counted, per.ms, at);
  if (!isOften || (per !== null && counted.length >= per.max))
    return { gained: null, memory: within === null ? null : { ...old, seen } };
  const room = cap === null ? Infinity : Math.max(0, cap - old.points);
  const gained = gain(model, state, { rule, at, room });
  const points = cap === null ? 0 : old.points + Math.abs(gained.points);
  return { gained, memory: { points, counted: per === null ? counted : [...counted, at], seen } };
}

/** With `did … within`, an event exactly so long ago is still in; of a rolling period it is out. */
function recent(seen: readonly number[], since: number, at: number): number[] {
  return [...seen.filter((instant) => instant >= since), at];
}

function inPeriod(counted: number[], ms: number | null, at: number): number[] {
  return ms === null ? counted : counted.filter((instant) => instant > at - ms);
}

/** The room of the rule, of its group and of all engagement; what takes points away has only the first. */
function gain(
  { caps }: ScoreModel,
  { parts }: ScoreState,
  { rule: { points, group }, at, room }: { rule: EngagementRule; at: number; room: number },
): { points: number; lost: number } {
  if (points < 0) {
    const taken = -Math.min(-points, room);
    return { points: taken, lost: points - taken };
  }
  const ofGroup = caps.groups[group];
  const rooms = [
    room,
    ofGroup === undefined ? Infinity : ofGroup - partsWorth(parts, at, group),
    caps.engagement === null ? Infinity : caps.engagement - partsWorth(parts, at),
  ];
  const given = Math.max(0, Math.min(points, ...rooms));
  return { points: given, lost: points - given };
}

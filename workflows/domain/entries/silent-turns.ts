import type { Facts } from '../conditions/condition';
import { meets } from '../conditions/evaluate';
import { factsAt, type Known, type Moment } from './known';
import type { Triggers, Watch } from './watch';

/** A contact whose score was counted anew. */
export interface Recounted {
  /** With the score as it was before. */
  known: Known;
  /** As it is now. */
  score: Facts['score'];
  /** Keys of the watches that hold for them. */
  member: ReadonlySet<string>;
}

/**
 * Watches that the count anew alone turns. What something else has turned and nobody has told of yet is none of them:
 * that is told as ever.
 */
export function turnedByCount(
  watches: readonly (Watch & { triggers: Triggers })[],
  { known, score, member }: Recounted,
  moment: Moment,
): { key: string; holds: boolean }[] {
  const before = factsAt(known, moment);
  const now = factsAt({ ...known, score }, moment);
  return watches.flatMap(({ key, condition, journey, triggers }) => {
    if (!triggers.scores) return [];
    const asking = { condition, journeyKey: journey };
    const holds = meets(condition, now(asking));
    return holds === meets(condition, before(asking)) || holds === member.has(key) ? [] : [{ key, holds }];
  });
}

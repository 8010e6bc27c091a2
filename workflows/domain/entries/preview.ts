import type { EntryRuling } from '../entry';
import type { JsonObject } from '../json';

/** That somebody could enter, at a moment and with properties; `event` is what opens the journey, null where nothing does. */
export interface Chance {
  event: { seq: bigint; type: string } | null;
  properties: JsonObject;
  /** Epoch milliseconds. */
  at: number;
}

export interface RuledChance extends Chance {
  ruling: EntryRuling;
}

/** A run as re-entry looks at it. */
export interface Run {
  entryKey: string;
  finished: boolean;
  endedAt: number | null;
}

/**
 * Rules one contact's chances in their order. Whoever would enter is in the journey from then on: how long is not
 * known, so a run that began here counts as open to the end.
 */
export function ruleChances(
  chances: readonly Chance[],
  earlier: readonly Run[],
  rule: (chance: Chance, earlier: readonly Run[]) => EntryRuling,
): RuledChance[] {
  const runs = [...earlier];
  return chances.map((chance) => {
    const ruling = rule(chance, runs);
    if (ruling.enter) runs.push({ entryKey: ruling.entryKey, finished: false, endedAt: null });
    return { ...chance, ruling };
  });
}

import type { Where } from '../conditions/condition';
import { matchesWhere } from '../conditions/evaluate';
import type { JsonObject } from '../json';
import type { EngagementRule, ResetRule, ScoreModel } from './model';

/** What one event type means to a model. */
export interface TypeMeaning {
  rules: EngagementRule[];
  resets: ResetRule[];
  /** Ids of the resets that it lifts. */
  lifts: string[];
  endsSilence: boolean;
  /** Counts as something a person did, for readiness. */
  isHuman: boolean;
}

const indexes = new WeakMap<ScoreModel, Map<string, TypeMeaning>>();

/** By event type; built once for each model. */
export function meaningsOf(model: ScoreModel): ReadonlyMap<string, TypeMeaning> {
  const known = indexes.get(model);
  if (known) return known;
  const made = indexOf(model);
  indexes.set(model, made);
  return made;
}

/** The event types that can change a score: no others need to be read. */
export function scoredTypes(model: ScoreModel): string[] {
  return [...meaningsOf(model).keys()];
}

/** Of these, what empties and blocks a score, and what lifts that. */
export function lastingTypes({ resets }: ScoreModel): string[] {
  return [...new Set(resets.flatMap(({ types, until }) => [...types, ...(until ?? [])]))];
}

function indexOf({ engagement, resets, silence, ready }: ScoreModel): Map<string, TypeMeaning> {
  const index = new Map<string, TypeMeaning>();
  const note = (types: readonly string[], add: (meaning: TypeMeaning) => void) => {
    for (const type of new Set(types)) {
      const meaning = index.get(type) ?? { rules: [], resets: [], lifts: [], endsSilence: false, isHuman: false };
      index.set(type, meaning);
      add(meaning);
    }
  };
  for (const rule of engagement) note(rule.types, ({ rules }) => rules.push(rule));
  for (const reset of resets) {
    note(reset.types, (meaning) => meaning.resets.push(reset));
    note(reset.until ?? [], ({ lifts }) => lifts.push(reset.id));
  }
  note(silence?.types ?? [], (meaning) => (meaning.endsSilence = true));
  note(ready.types, (meaning) => (meaning.isHuman = true));
  return index;
}

/** Whether an event of a person; a rule may ask for those of machines. */
export function isByPerson(properties: JsonObject): boolean {
  return properties['machine'] !== true;
}

export function meets(where: Where | null, properties: JsonObject): boolean {
  return where === null || matchesWhere(where, properties);
}

import { simulate, type Simulation, type SimulationOptions } from '../../../workflows/interpreter/virtual/simulate';
import type { ScriptItem } from '../../../workflows/interpreter/virtual/script';
import type { JsonObject } from '../../../workflows/domain/json';
import type { Graph, GraphStep } from '../../../workflows/journeys/graph';
import { MONDAY } from './play';

/** A graph of these steps, the first of them first, which are as the compiler would have made them. */
export function graphWith(steps: readonly GraphStep[], more: Partial<Graph> = {}): Graph {
  return {
    ...{ journey: 'sample', name: 'Sample', topic: 'education', priority: 50, first: steps[0]?.id ?? '' },
    ...{ steps: Object.fromEntries(steps.map((step) => [step.id, step])), entries: [], exits: [], defaultExits: true },
    reentry: { kind: 'never' },
    ...more,
  };
}

export interface Walk extends SimulationOptions {
  fields?: JsonObject;
  entry?: JsonObject;
  script?: readonly ScriptItem[];
}

/** Sends somebody who enters on Monday at nine through these steps. */
export function walk(steps: readonly GraphStep[], { fields, entry, ...options }: Walk = {}): Promise<Simulation> {
  const persona = { entersAt: MONDAY, ...(fields && { fields }), ...(entry && { entry }) };
  return simulate(graphWith(steps), persona, options);
}

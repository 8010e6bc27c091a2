import type { Graph } from '../../../workflows/journeys/graph';
import type { ScriptItem } from '../../../workflows/interpreter/virtual/script';
import {
  simulate,
  type Persona,
  type Simulation,
  type SimulationOptions,
} from '../../../workflows/interpreter/virtual/simulate';
import { compileSteps, problemsOf } from '../journeys/journey-text';

/** Monday 09:00 UTC: when every persona enters. */
export const MONDAY = Date.parse('2026-11-23T09:00:00Z');
const HOUR = 3_600_000;
export const hours = (count: number): number => MONDAY + count * HOUR;
export const days = (count: number): number => hours(count * 24);

export function graphOf(steps: string, replace?: [string, string]): Graph {
  const compiled = compileSteps(steps, replace);
  if (!compiled.ok) throw new Error(problemsOf(compiled).join('\n'));
  return compiled.graph;
}

export interface Play extends SimulationOptions {
  script?: readonly ScriptItem[];
  fields?: Persona['fields'];
  entry?: Persona['entry'];
  replace?: [string, string];
}

/** Sends somebody who enters on Monday at nine through these steps. */
export function play(steps: string, { fields, entry, replace, ...options }: Play = {}): Promise<Simulation> {
  const persona = { entersAt: MONDAY, ...(fields && { fields }), ...(entry && { entry }) };
  return simulate(graphOf(steps, replace), persona, options);
}

/** `step outcome` of each visit, and the messages' states, then how it ended and after how many hours. */
export function toldOf({ steps, outcome, endedAt }: Simulation): string[] {
  const told = steps.map((step) =>
    [step.stepId, step.outcome ?? 'open', step.message?.state].filter(Boolean).join(' '),
  );
  return [...told, outcome === null ? 'rests' : `${outcome} after ${((endedAt ?? 0) - MONDAY) / HOUR} h`];
}

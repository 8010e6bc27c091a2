import { dirname } from 'node:path';
import { renderText } from '../messages/render-text';
import { compileJourney } from '../workflows/journeys/compile-journey';
import type { ScoreModel } from '../workflows/domain/scoring/model';
import type { Graph } from '../workflows/journeys/graph';
import { pathsOf, type Paths } from '../workflows/simulation/paths';
import type { PersonaSource } from '../workflows/simulation/persona-shape';
import { readPersonas } from '../workflows/simulation/read-personas';
import type { PersonaRun } from '../workflows/simulation/persona-run';
import { runPersona } from '../workflows/simulation/run-persona';
import type { Problem } from '../workflows/journeys/problem';
import { readSourceFile } from './folder/read-folder';
import { scoreModelOf } from './folder/score-model-of';

export type { PersonaSource } from '../workflows/simulation/persona-shape';
export type { PersonaRun, ReportedMessage, ReportedStep } from '../workflows/simulation/persona-run';
export type { Path, Paths } from '../workflows/simulation/paths';

/** A journey that was read from a file and is sound. */
export interface Journey {
  file: string;
  graph: Graph;
  /** How points are given: by `score-model.yaml` in its folder, else by the standard model. */
  scoreModel: ScoreModel;
}

/**
 * Reads a journey from its file.
 * @throws Error that names every problem with its line, when the document is not sound
 */
export function loadJourney(file: string): Journey {
  const source = readSourceFile(file);
  const compiled = compileJourney(source.text, { templates: null, topics: null });
  if (!compiled.ok) throw new Error(`${source.path} is not sound:\n${listed(compiled.problems)}`);
  return { file, graph: compiled.graph, scoreModel: scoreModelOf(dirname(file)) };
}

/**
 * Sends somebody through a journey on a virtual clock; without a persona, somebody who does nothing.
 * @throws Error when the persona cannot be understood, or does something about a message that is never sent
 */
export async function simulate({ file, graph, scoreModel }: Journey, persona: PersonaSource = {}): Promise<PersonaRun> {
  const read = readPersonas(persona, graph);
  if (!read.ok) throw new Error(`a persona for ${file} is not sound:\n${listed(read.problems)}`);
  const [one] = read.personas;
  if (!one) throw new Error('there is no persona');
  return runPersona(graph, one, { renderText, scoreModel });
}

/** Every path of a journey, with the earliest times, and the ways out of steps that none of them takes. */
export function paths({ graph }: Journey): Promise<Paths> {
  return pathsOf(graph);
}

function listed(problems: readonly Problem[]): string {
  return problems
    .map(
      ({ line, path, message, hint }) =>
        `  ${line === null ? path : `line ${line}`}: ${message}${hint === undefined ? '' : ` (${hint})`}`,
    )
    .join('\n');
}

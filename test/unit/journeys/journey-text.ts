import { compileJourney, type CompiledJourney, type Lookups } from '../../../workflows/journeys/compile-journey';

export const unchecked: Lookups = { templates: null, topics: null };

/** Ten lines of a sound head, so that steps begin on line 11. */
export const head = `journey: sample
name: Sample
explain: Somebody gets something.
topic: education
stage: awareness
responsible: somebody
review: 90 days
priority: 50
entry: [{ event: form.submitted }]
steps:`;

/** Compiles a journey of the head, which may be changed, and these steps. */
export function compileSteps(steps: string, replace: [string, string] = ['', '']): CompiledJourney {
  return compileJourney(`${head.replace(...replace)}\n${steps}\n`, unchecked);
}

/** `line path: message (hint)`, each on its own. */
export function problemsOf(compiled: CompiledJourney): string[] {
  if (compiled.ok) return [];
  return compiled.problems.map(
    ({ line, path, message, hint }) => `${line} ${path}: ${message}${hint === undefined ? '' : ` (${hint})`}`,
  );
}

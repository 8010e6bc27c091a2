import { renderText } from '../../messages/render-text';
import { pathsOf, type Paths } from '../../workflows/simulation/paths';
import type { Persona } from '../../workflows/simulation/persona-shape';
import { readPersonas } from '../../workflows/simulation/read-personas';
import type { PersonaRun } from '../../workflows/simulation/persona-run';
import { runPersona } from '../../workflows/simulation/run-persona';
import { checkFolder, type CheckedFolder, type CheckedJourney } from '../folder/check-folder';
import { findingOf, type Finding } from '../folder/finding';
import { personasOf } from '../folder/personas-of';
import { readFolder, readSourceFile, type SourceFile } from '../folder/read-folder';
import { scoreModelOf } from '../folder/score-model-of';
import { subjectOf } from '../folder/subject-of';
import { findingLine, type Output } from '../output';
import { exitCodes, Refusal } from '../refusal';
import { pathsText, runText, type SubjectOf } from './simulation-text';

export interface SimulateOptions {
  folder: string;
  /** Files of personas; those of the folder without any. */
  persona: string[];
  paths: boolean;
  json: boolean;
}

/** Runs a journey of a folder on a virtual clock. Answers the exit code. */
export async function simulate(key: string, options: SimulateOptions, out: Output): Promise<number> {
  const folder = readFolder(options.folder);
  const checked = await checkFolder(folder);
  const journey = checked.journeys.find(({ graph }) => graph.journey === key);
  if (!journey) return refuse(key, checked, out);
  if (options.paths) {
    const paths = await pathsOf(journey.graph);
    out.print(options.json ? asJson({ paths }) : pathsText(paths));
    return 0;
  }
  const files = options.persona.length > 0 ? options.persona.map(readSourceFile) : personasOf(folder, journey);
  const { personas, findings } = personasIn(files, journey);
  if (findings.length > 0) return tell(findings, out);
  const classes = new Map(checked.templates.map(({ template }) => [template.key, template.class]));
  const runs: { persona: Persona; run: PersonaRun }[] = [];
  const scoreModel = scoreModelOf(options.folder);
  for (const persona of personas)
    runs.push({ persona, run: await runPersona(journey.graph, persona, { classes, renderText, scoreModel }) });
  const texts = () => runs.map(({ persona, run }) => runText(run, subjects(journey, checked, persona)));
  out.print(options.json ? asJson({ runs: runs.map(({ run }) => run) }) : texts().join('\n\n'));
  return 0;
}

function asJson(result: { runs: PersonaRun[] } | { paths: Paths }): string {
  return JSON.stringify(result, null, 2);
}

function tell(findings: readonly Finding[], out: Output): number {
  for (const finding of findings) out.tell(findingLine(finding));
  return exitCodes.findings;
}

function refuse(key: string, { journeys, findings }: CheckedFolder, out: Output): number {
  const own = findings.filter(({ file }) => new RegExp(`(^|[\\\\/])${key}[.]`).test(file));
  if (own.length > 0) return tell(own, out);
  const known = journeys.map(({ graph }) => graph.journey).join(', ');
  throw new Refusal('usage', `There is no journey ${key} in this folder.`, `journeys: ${known}`);
}

/** Somebody who does nothing, where nobody is described. */
function personasIn(
  files: readonly SourceFile[],
  { graph }: CheckedJourney,
): { personas: Persona[]; findings: Finding[] } {
  const sources = files.length > 0 ? files : [{ path: '', text: '{}' }];
  const read = sources.map(({ path, text }) => ({ path, read: readPersonas(text, graph) }));
  return {
    personas: read.flatMap(({ read: one }) => (one.ok ? one.personas : [])),
    findings: read.flatMap(({ path, read: one }) =>
      one.ok ? [] : one.problems.map((problem) => findingOf(path, problem)),
    ),
  };
}

function subjects({ graph }: CheckedJourney, { templates }: CheckedFolder, persona: Persona): SubjectOf {
  return ({ stepId, template: key }) => {
    const step = graph.steps[stepId];
    const found = templates.find(({ template }) => template.key === key);
    return found && step?.kind === 'email' ? subjectOf(found.template, step, persona) : null;
  };
}

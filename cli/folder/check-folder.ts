import { checkText } from '../../messages/check-text';
import { compileJourney } from '../../workflows/journeys/compile-journey';
import type { JourneyDocument } from '../../workflows/journeys/document';
import type { Graph } from '../../workflows/journeys/graph';
import type { ScoreModel } from '../../workflows/domain/scoring/model';
import { compileScoreModel } from '../../workflows/scoring-model/compile-score-model';
import type { TemplateFile } from '../../workflows/journeys/template-file';
import { checkTemplateFile } from './check-template-file';
import { findingOf, type Finding } from './finding';
import type { JourneyFolder, SourceFile } from './read-folder';

export interface CheckedJourney {
  file: SourceFile;
  document: JourneyDocument;
  graph: Graph;
}

/** What is sound of a folder, and what is not. */
export interface CheckedFolder {
  journeys: CheckedJourney[];
  templates: { file: SourceFile; template: TemplateFile }[];
  /** Null where there is none, or none that is sound. */
  scoreModel: { file: SourceFile; model: ScoreModel } | null;
  findings: Finding[];
}

/**
 * Checks all files as publishing would, without a server. Names that only the server knows (topics, segments, senders,
 * teams, endpoints) are not looked at; a template must stand in the folder if the folder has templates at all.
 */
export async function checkFolder(folder: JourneyFolder): Promise<CheckedFolder> {
  const findings: Finding[] = [];
  const templates: CheckedFolder['templates'] = [];
  for (const file of folder.templates) {
    const checked = await checkTemplateFile(file);
    findings.push(...checked.findings);
    if (checked.template) templates.push({ file, template: checked.template });
    if (checked.template && checked.template.key !== file.name) findings.push(misnamed(file, checked.template.key));
  }
  const known = folder.templates.length === 0 ? null : new Set(folder.templates.map(({ name }) => name));
  const journeys = folder.journeys.flatMap((file) => {
    const compiled = compileJourney(file.text, { key: file.name, templates: known, topics: null, checkText });
    if (compiled.ok) return [{ file, document: compiled.document, graph: compiled.graph }];
    findings.push(...compiled.problems.map((problem) => findingOf(file.path, problem)));
    return [];
  });
  const { scoreModel, findings: unsound } = checkScoreModel(folder.scoreModel);
  return { journeys, templates, scoreModel, findings: [...findings, ...unsound] };
}

function checkScoreModel(file: SourceFile | null): Pick<CheckedFolder, 'scoreModel' | 'findings'> {
  if (file === null) return { scoreModel: null, findings: [] };
  const compiled = compileScoreModel(file.text);
  if (compiled.ok) return { scoreModel: { file, model: compiled.model }, findings: [] };
  return { scoreModel: null, findings: compiled.problems.map((problem) => findingOf(file.path, problem)) };
}

function misnamed({ path, name }: SourceFile, key: string): Finding {
  return {
    ...{ file: path, line: 1, path: '/key' },
    message: `this is the template \`${key}\`, and the file is called \`${name}\``,
    hint: 'a file has the name of what is in it',
  };
}

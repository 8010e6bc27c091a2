import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join, relative } from 'node:path';
import { Refusal } from '../refusal';

/** A file of the folder, as it stands. */
export interface SourceFile {
  /** As the user would name it, from where they are. */
  path: string;
  /** Its name without the ending. */
  name: string;
  text: string;
}

/** A folder of journeys: documents, with `templates` and `personas` beside them, and how points are given. */
export interface JourneyFolder {
  root: string;
  journeys: SourceFile[];
  /** The file `score-model`; null without one. */
  scoreModel: SourceFile | null;
  templates: SourceFile[];
  personas: SourceFile[];
}

/** The file has this name, whatever the key of the model. */
export const SCORE_MODEL = 'score-model';
const endings = ['.yaml', '.yml', '.json'];

/** Reads a folder of journeys. @throws Refusal when there is none */
export function readFolder(root: string): JourneyFolder {
  if (!existsSync(root) || !statSync(root).isDirectory()) {
    throw new Refusal(
      'usage',
      `There is no folder ${root}.`,
      'Name the folder with your journeys: nurture validate path/to/journeys',
    );
  }
  const files = filesOf(root);
  const templates = filesOf(join(root, 'templates'));
  if (files.length === 0 && templates.length === 0) {
    throw new Refusal('usage', `${root} has no journeys.`, 'A journey is a .yaml or .json file in it.');
  }
  return {
    ...{ root, templates, personas: filesOf(join(root, 'personas')) },
    journeys: files.filter(({ name }) => name !== SCORE_MODEL),
    scoreModel: files.find(({ name }) => name === SCORE_MODEL) ?? null,
  };
}

/** The score model of a folder; null where it has none. */
export function findScoreModel(folder: string): SourceFile | null {
  return filesOf(folder).find(({ name }) => name === SCORE_MODEL) ?? null;
}

function filesOf(folder: string): SourceFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => endings.includes(extname(file)))
    .sort()
    .map((file) => readSourceFile(join(folder, file)));
}

export function readSourceFile(path: string): SourceFile {
  return {
    path: relative(process.cwd(), path) || path,
    name: basename(path, extname(path)),
    text: readFileSync(path, 'utf8'),
  };
}

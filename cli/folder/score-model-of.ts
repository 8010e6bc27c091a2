import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScoreModel } from '../../workflows/domain/scoring/model';
import { compileScoreModel } from '../../workflows/scoring-model/compile-score-model';
import { findingLine } from '../output';
import { Refusal } from '../refusal';
import { findingOf } from './finding';
import { findScoreModel } from './read-folder';

/** As it stands in a package, and in this project. */
const places = ['standard-score-model.yaml', '../../workflows/scoring-model/catalog/standard.yaml'];

/** How points are given in a folder: by its own model, else by the standard one. @throws Refusal when it is not sound */
export function scoreModelOf(folder: string): ScoreModel {
  const own = findScoreModel(folder);
  const compiled = compileScoreModel(own?.text ?? standardText());
  if (compiled.ok) return compiled.model;
  const place = own?.path ?? 'the standard score model';
  throw new Refusal('findings', compiled.problems.map((problem) => findingLine(findingOf(place, problem))).join('\n'));
}

function standardText(): string {
  const file = places.map((place) => join(__dirname, place)).find((path) => existsSync(path));
  if (file === undefined) throw new Error('the standard score model is not there');
  return readFileSync(file, 'utf8');
}

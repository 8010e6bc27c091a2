import type { ScoreModel } from '../../../workflows/domain/scoring/model';
import { plainModel } from '../../../workflows/domain/scoring/plain-model';
import { lastingTypes, scoredTypes } from '../../../workflows/domain/scoring/rule-index';
import type { DbOrTx } from '../../client';
import { readPublishedModel, type Models, type PublishedModel } from '../score-model';

/** The model that scores are counted by now. */
export interface ModelNow {
  /** The published version; null where none is. */
  id: string | null;
  number: number | null;
  model: ScoreModel;
  /** What it makes of people whom another model counted before is told. */
  tell: boolean;
  createdAt: Date | null;
  /** Event types that it asks about. */
  types: ReadonlySet<string>;
  /** Those of them that hold however long ago they came. */
  lasting: readonly string[];
}

/** Versions never change: what was read once is kept, in this process. */
const known: Models = new Map();

/** The published model; without one there are no rules, and points are given by journeys and by hand alone. */
export async function readModelNow(db: DbOrTx): Promise<ModelNow> {
  return modelNow(await readPublishedModel(db, known));
}

function modelNow(version: PublishedModel | null): ModelNow {
  const it = version ?? { id: null, number: null, model: plainModel, tell: false, createdAt: null };
  return { ...it, types: new Set(scoredTypes(it.model)), lasting: lastingTypes(it.model) };
}

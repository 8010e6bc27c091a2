import type { ScoreModel } from '../../../workflows/domain/scoring/model';
import { plainModel } from '../../../workflows/domain/scoring/plain-model';
import { scoredTypes } from '../../../workflows/domain/scoring/rule-index';
import type { DbOrTx } from '../../client';

/** The model that scores are counted by now. */
export interface ModelNow {
  /** The published version; null where none is. */
  id: string | null;
  number: number | null;
  model: ScoreModel;
  /** Event types that it asks about. */
  types: ReadonlySet<string>;
}

const unpublished: ModelNow = { id: null, number: null, model: plainModel, types: new Set(scoredTypes(plainModel)) };

/** Versions never change: what was read once is kept. */
const versions = new Map<string, ModelNow>();
const KEPT = 8;

/** The published model; without one there are no rules, and points are given by journeys and by hand alone. */
export async function readModelNow(db: DbOrTx): Promise<ModelNow> {
  const [row] = await db.$queryRaw<{ id: string | null }[]>`select published_id as id from score_model where id = 1`;
  if (!row?.id) return unpublished;
  return versions.get(row.id) ?? (await readModelVersion(db, row.id));
}

/** A version by id. Throws where there is none. */
export async function readModelVersion(db: DbOrTx, id: string): Promise<ModelNow> {
  const { number, model } = await db.scoreModelVersion.findUniqueOrThrow({
    where: { id },
    select: { number: true, model: true },
  });
  const compiled = model as unknown as ScoreModel; // compiled from a checked document when it was published
  const version = { id, number, model: compiled, types: new Set(scoredTypes(compiled)) };
  if (versions.size >= KEPT) versions.clear();
  versions.set(id, version);
  return version;
}

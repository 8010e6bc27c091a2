import type { ScoreModel } from '../../workflows/domain/scoring/model';
import type { Problem } from '../../workflows/journeys/problem';
import { compileScoreModel, type CompiledScoreModel } from '../../workflows/scoring-model/compile-score-model';
import type { Db, DbOrTx } from '../client';
import { inTransaction } from '../client';
import { readSettings } from './settings';

/** The one document of how points are given. */
export interface StoredScoreModel {
  /** The draft as its author wrote it: YAML or JSON text. */
  draft: string;
  revision: number;
  /** The version that counts; null before the first. */
  publishedId: string | null;
  createdAt: Date;
  updatedAt: Date;
}

export type ModelSaved =
  | { kind: 'saved'; revision: number; created: boolean }
  | { kind: 'conflict'; revision: number }
  | { kind: 'invalid'; problems: Problem[] };

/** There is one model. */
export const only = { id: 1 } as const;

/** Null while nothing was ever stored. */
export async function findScoreModel(db: DbOrTx): Promise<StoredScoreModel | null> {
  return db.scoreModel.findUnique({ where: only, omit: { id: true } });
}

/**
 * Stores a draft that is sound. With `expected` only if the stored revision is that one (0: there is none yet). An equal
 * draft keeps its revision.
 */
export async function saveScoreModel(
  db: Db,
  { source, expected }: { source: string | object; expected?: number },
): Promise<ModelSaved> {
  const compiled = await compileModelNow(db, source);
  if (!compiled.ok) return { kind: 'invalid', problems: compiled.problems };
  const draft = typeof source === 'string' ? source : JSON.stringify(source, null, 2);
  return inTransaction(db, async (tx) => {
    await lockScoreModel(tx);
    const found = await findScoreModel(tx);
    const revision = found?.revision ?? 0;
    if (expected !== undefined && expected !== revision) return { kind: 'conflict', revision };
    if (found?.draft === draft) return { kind: 'saved', revision, created: false };
    const data = { draft, revision: revision + 1, updatedAt: new Date() };
    await tx.scoreModel.upsert({ where: only, create: { ...only, ...data }, update: data });
    return { kind: 'saved', revision: revision + 1, created: found === null };
  });
}

/** Compiles a model by the settings of this moment. */
export async function compileModelNow(db: DbOrTx, source: string | object): Promise<CompiledScoreModel> {
  const { eventGroups, eventNames, industries } = (await readSettings(db)).settings;
  return compileScoreModel(source, { eventGroups, eventNames, industries });
}

/** Writers of the model queue up here, also before its row exists. */
export async function lockScoreModel(tx: DbOrTx): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('score-model', 0))`;
}

export interface PublishedModel {
  id: string;
  number: number;
  model: ScoreModel;
  /** Crossings that it makes where another model was before are events. */
  tell: boolean;
  createdAt: Date;
}

/** Versions by id; they never change, so what was read once is kept. */
export type Models = Map<string, PublishedModel>;

/** The model that counts, as of this moment; null while none is published. Read anew only when it is another one. */
export async function readPublishedModel(db: DbOrTx, known: Models): Promise<PublishedModel | null> {
  const row = await db.scoreModel.findUnique({ where: only, select: { publishedId: true } });
  const id = row?.publishedId ?? null;
  return id === null ? null : (known.get(id) ?? keep(await loadModel(db, id), known));
}

/** A version by its id. Null if there is none. */
export async function loadModel(db: DbOrTx, id: string): Promise<PublishedModel | null> {
  const select = { id: true, number: true, model: true, tell: true, createdAt: true } as const;
  const row = await db.scoreModelVersion.findUnique({ where: { id }, select });
  // Only `publishScoreModel` writes this column.
  return row as unknown as PublishedModel | null;
}

/** The newest few: jobs and late batches still ask for the one before. */
const KEPT = 8;

function keep(model: PublishedModel | null, known: Models): PublishedModel | null {
  if (model === null) return null;
  known.set(model.id, model);
  const [oldest] = known.keys();
  if (known.size > KEPT && oldest !== undefined) known.delete(oldest);
  return model;
}

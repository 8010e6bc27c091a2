import { createHash } from 'node:crypto';
import { v7 } from 'uuid';
import type { ScoreModel } from '../../workflows/domain/scoring/model';
import type { Problem } from '../../workflows/journeys/problem';
import type { Db, DbOrTx, Tx } from '../client';
import { inTransaction } from '../client';
import type { Job } from './jobs';
import { askRescore } from './rescore';
import { compileModelNow, findScoreModel, lockScoreModel, only } from './score-model';
import { plainJson } from '../../workflows/domain/json';

export interface ModelVersionSummary {
  id: string;
  number: number;
  createdAt: Date;
}

export type ModelPublished =
  /** `job` counts everybody anew; null where nothing is new, or nobody is there. */
  | { kind: 'published'; version: ModelVersionSummary; created: boolean; job: Job | null }
  | { kind: 'invalid'; problems: Problem[] }
  | { kind: 'conflict'; revision: number };

export interface ModelPublishing {
  /** Only if the draft has this revision. */
  expected?: number;
  /** Whether crossings that the new model makes are events: journeys and sales hear of all of them. */
  tell?: boolean;
  /** The API key that asks. */
  requestedBy?: string | null;
}

/**
 * Makes the draft the version that counts, and writes the job that counts everybody anew, for the caller to start. The
 * same document as the newest version is that version again. Null while there is no draft.
 */
export async function publishScoreModel(db: Db, it: ModelPublishing = {}): Promise<ModelPublished | null> {
  return inTransaction(db, async (tx) => {
    await lockScoreModel(tx);
    const stored = await findScoreModel(tx);
    if (stored === null) return null;
    const { draft, revision } = stored;
    const compiled = await compileModelNow(tx, draft);
    if (!compiled.ok) return { kind: 'invalid', problems: compiled.problems };
    if (it.expected !== undefined && it.expected !== revision) return { kind: 'conflict', revision };
    const { document, model } = compiled;
    const { version, created } = await versionOf(tx, { source: draft, document, model, tell: it.tell ?? false });
    await tx.scoreModel.update({ where: only, data: { publishedId: version.id, updatedAt: new Date() } });
    const job = created ? await rescoreJob(tx, version.id, it.requestedBy ?? null) : null;
    return { kind: 'published', version, created, job };
  });
}

/** Where nobody is, there is nothing to count. */
async function rescoreJob(tx: Tx, versionId: string, requestedBy: string | null): Promise<Job | null> {
  const somebody = await tx.contact.findFirst({ select: { id: true } });
  if (somebody === null) return null;
  return askRescore(tx, { versionId, requestedBy });
}

/** Newest first; `before` is the number that the page before ended with. */
export async function listModelVersions(
  db: DbOrTx,
  { limit, before }: { limit: number; before?: number },
): Promise<ModelVersionSummary[]> {
  return db.scoreModelVersion.findMany({
    where: before === undefined ? {} : { number: { lt: before } },
    orderBy: { number: 'desc' },
    take: limit,
    select: { id: true, number: true, createdAt: true },
  });
}

export interface ModelVersion extends ModelVersionSummary {
  source: string;
  document: object;
  model: ScoreModel;
  sha256: string;
}

/** One version as it was published. Null if there is none of that number. */
export async function findModelVersion(
  db: DbOrTx,
  by: { number: number } | { id: string },
): Promise<ModelVersion | null> {
  // Only `publishScoreModel` writes these columns.
  return (await db.scoreModelVersion.findUnique({ where: by })) as unknown as ModelVersion | null;
}

type Compiled = Pick<ModelVersion, 'source' | 'document' | 'model'> & { tell: boolean };

async function versionOf(
  tx: Tx,
  { source, document, model, tell }: Compiled,
): Promise<{ version: ModelVersionSummary; created: boolean }> {
  const sha256 = createHash('sha256').update(JSON.stringify({ document, model })).digest('hex');
  const newest = await tx.scoreModelVersion.findFirst({ orderBy: { number: 'desc' } });
  if (newest?.sha256 === sha256) return { version: summary(newest), created: false };
  const json = { document: plainJson(document), model: plainJson(model) };
  const number = (newest?.number ?? 0) + 1;
  const row = await tx.scoreModelVersion.create({ data: { id: v7(), number, source, sha256, tell, ...json } });
  return { version: summary(row), created: true };
}

function summary({ id, number, createdAt }: ModelVersionSummary): ModelVersionSummary {
  return { id, number, createdAt };
}

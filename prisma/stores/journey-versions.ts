import { createHash } from 'node:crypto';
import { v7 } from 'uuid';
import { compileJourney, type CompiledJourney } from '../../workflows/journeys/compile-journey';
import type { CheckText } from '../../workflows/journeys/lookups';
import type { Graph } from '../../workflows/journeys/graph';
import type { Problem } from '../../workflows/journeys/problem';
import type { Db, DbOrTx, Tx } from '../client';
import { inTransaction } from '../client';
import { findJourney, lockJourney, lookupsOf } from './journeys';
import { publishedTemplates } from './templates';

export interface VersionSummary {
  id: string;
  number: number;
  createdAt: Date;
}

export type Published =
  | { kind: 'published'; version: VersionSummary; created: boolean }
  | { kind: 'invalid'; problems: Problem[] }
  | { kind: 'conflict'; revision: number };

/**
 * Makes the draft the version that lets people in, with the template versions of this moment. Who is inside stays in
 * theirs. The same document with the same templates as the newest version is that version again. With `expected` only
 * if the draft has that revision. A paused journey stays paused. Null if there is no such journey.
 */
export async function publishJourney(
  db: Db,
  key: string,
  { expected, ...checks }: { expected?: number; checkText?: CheckText } = {},
): Promise<Published | null> {
  return inTransaction(db, async (tx) => {
    await lockJourney(tx, key);
    const journey = await findJourney(tx, key);
    if (journey === null) return null;
    if (expected !== undefined && expected !== journey.revision)
      return { kind: 'conflict', revision: journey.revision };
    const compiled = compileJourney(journey.draft, { key, ...(await lookupsOf(tx)), ...checks });
    if (!compiled.ok) return { kind: 'invalid', problems: compiled.problems };
    const { version, created } = await versionOf(tx, { key, source: journey.draft, compiled });
    const status = journey.status === 'paused' ? 'paused' : 'published';
    const { priority } = compiled.graph;
    await tx.journey.update({
      where: { key },
      data: { status, priority, publishedId: version.id, updatedAt: new Date() },
    });
    return { kind: 'published', version, created };
  });
}

/** Newest first; `before` is the number that the page before ended with. */
export async function listVersions(
  db: DbOrTx,
  key: string,
  { limit, before }: { limit: number; before?: number },
): Promise<VersionSummary[]> {
  return db.journeyVersion.findMany({
    where: { journeyKey: key, ...(before !== undefined && { number: { lt: before } }) },
    orderBy: { number: 'desc' },
    take: limit,
    select: { id: true, number: true, createdAt: true },
  });
}

interface Draft {
  key: string;
  source: string;
  compiled: Extract<CompiledJourney, { ok: true }>;
}

async function versionOf(
  tx: Tx,
  { key, source, compiled }: Draft,
): Promise<{ version: VersionSummary; created: boolean }> {
  const graph = await pinTemplates(tx, compiled.graph);
  const content = { document: compiled.document, graph };
  const sha256 = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  const newest = await tx.journeyVersion.findFirst({ where: { journeyKey: key }, orderBy: { number: 'desc' } });
  if (newest?.sha256 === sha256) return { version: summary(newest), created: false };
  const number = (newest?.number ?? 0) + 1;
  // As JSON text and back: the column refuses keys that are undefined.
  const json = JSON.parse(JSON.stringify(content)) as { document: object; graph: object };
  const row = await tx.journeyVersion.create({ data: { id: v7(), journeyKey: key, number, source, sha256, ...json } });
  return { version: summary(row), created: true };
}

async function pinTemplates(tx: Tx, graph: Graph): Promise<Graph> {
  const keys = Object.values(graph.steps).flatMap((step) => (step.kind === 'email' ? [step.template] : []));
  const versions = await publishedTemplates(tx, keys);
  const steps = Object.entries(graph.steps).map(([id, step]) => {
    const pinned = step.kind === 'email' ? versions.get(step.template) : undefined;
    return [id, pinned === undefined ? step : { ...step, templateVersionId: pinned }] as const;
  });
  return { ...graph, steps: Object.fromEntries(steps) };
}

function summary({ id, number, createdAt }: VersionSummary): VersionSummary {
  return { id, number, createdAt };
}

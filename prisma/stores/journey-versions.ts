import { createHash } from 'node:crypto';
import { v7 } from 'uuid';
import { compileJourney } from '../../workflows/journeys/compile-journey';
import type { CheckText } from '../../workflows/journeys/lookups';
import type { Graph } from '../../workflows/journeys/graph';
import type { Problem } from '../../workflows/journeys/problem';
import type { Db, DbOrTx, Tx } from '../client';
import { inTransaction } from '../client';
import { createJob, type Job } from './jobs';
import { clockOf, findJourney, lockJourney, lookupsOf, type StoredJourney } from './journeys';
import { countElsewhere, findPlan } from './plans';
import { lockWatching, watchFromNow, WATCHING } from './pump/watching';
import { readSettings } from './settings';
import { publishedTemplates } from './templates';
import { plainJson } from '../../workflows/domain/json';

export interface VersionSummary {
  id: string;
  number: number;
  createdAt: Date;
}

export type Published =
  | { kind: 'published'; version: VersionSummary; created: boolean; job: Job | null }
  | { kind: 'invalid'; problems: Problem[] }
  | { kind: 'conflict'; revision: number }
  /** Not what the plan was made of. */
  | { kind: 'outdated'; why: string };

/** What becomes of the people inside. */
export type People = 'stay' | 'move' | 'end';

export interface Publishing {
  /** Only if the draft has this revision. */
  expected?: number;
  /** The plan that was shown, and what of it is applied. */
  plan?: { id: string; people: People };
  /** The API key that asks. */
  requestedBy?: string | null;
  at?: Date;
  checkText?: CheckText;
}

/**
 * Makes the draft the version that lets people in, with the template versions of this moment. Who is inside stays in
 * theirs, unless a plan is applied: then a job that moves or ends them is written, for the caller to start. The same
 * document with the same templates as the newest version is that version again. A paused journey stays paused. Null if
 * there is no such journey.
 */
export async function publishJourney(db: Db, key: string, it: Publishing = {}): Promise<Published | null> {
  return inTransaction(
    db,
    async (tx) => {
      await lockJourney(tx, key);
      // What it names is there until it is published.
      await lockWatching(tx);
      const at = it.at ?? new Date();
      const prepared = await prepareVersion(tx, key, { at, ...(it.checkText && { checkText: it.checkText }) });
      if (prepared === null || prepared.kind === 'invalid') return prepared;
      const { revision } = prepared.journey;
      if (it.expected !== undefined && it.expected !== revision) return { kind: 'conflict', revision };
      const why = it.plan ? await outdated(tx, prepared, { id: it.plan.id, at }) : null;
      if (why !== null) return { kind: 'outdated', why };
      const { version, created } = await versionOf(tx, prepared);
      const status = prepared.journey.status === 'paused' ? 'paused' : 'published';
      const { priority } = prepared.graph;
      await tx.journey.update({
        where: { key },
        data: { status, priority, publishedId: version.id, updatedAt: new Date() },
      });
      const job = await peopleJob(tx, { key, version, it });
      await watchFromNow(tx, (await readSettings(tx)).settings);
      return { kind: 'published', version, created, job };
    },
    WATCHING,
  );
}

/** Why the plan that was shown may not be applied any more; null if it may. Who came or went since changes no rule. */
async function outdated(tx: Tx, prepared: Prepared, { id, at }: { id: string; at: Date }): Promise<string | null> {
  const plan = await findPlan(tx, prepared.journey.key, id);
  if (!plan) return 'there is no such plan of this journey';
  if (plan.expiresAt <= at) return 'it has expired';
  if (plan.publishedId !== prepared.journey.publishedId) return 'another version has been published since';
  return plan.sha256 === prepared.sha256 ? null : 'the draft, or a template that it uses, has changed since';
}

async function peopleJob(
  tx: Tx,
  { key, version, it }: { key: string; version: VersionSummary; it: Publishing },
): Promise<Job | null> {
  if (!it.plan || it.plan.people === 'stay') return null;
  const { id: plan, people } = it.plan;
  const steps = { ...(await findPlan(tx, key, plan))?.steps };
  const input = { journey: key, versionId: version.id, number: version.number, plan, people, steps };
  const total = await countElsewhere(tx, key, version.id);
  return createJob(tx, { kind: 'move', input, progress: { total }, requestedBy: it.requestedBy ?? null });
}

/** What publishing would make of a document, and of the templates of this moment. */
export interface Prepared {
  kind: 'ready';
  journey: StoredJourney;
  source: string;
  document: object;
  graph: Graph;
  sha256: string;
}

/** Compiles the draft, or another document in its place, as of `at`. Null if there is no such journey. */
export async function prepareVersion(
  db: DbOrTx,
  key: string,
  { source, at, ...checks }: { source?: string | object; checkText?: CheckText; at: Date },
): Promise<Prepared | Extract<Published, { kind: 'invalid' }> | null> {
  const journey = await findJourney(db, key);
  if (journey === null) return null;
  const clock = await clockOf(db, journey, at);
  const compiled = compileJourney(source ?? journey.draft, { key, ...(await lookupsOf(db)), ...checks, clock });
  if (!compiled.ok) return { kind: 'invalid', problems: compiled.problems };
  const { document } = compiled;
  const graph = await pinTemplates(db, compiled.graph);
  const sha256 = createHash('sha256').update(JSON.stringify({ document, graph })).digest('hex');
  return { kind: 'ready', journey, source: journey.draft, document, graph, sha256 };
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

export interface JourneyVersionRow extends VersionSummary {
  source: string;
  document: object;
  graph: Graph;
  sha256: string;
}

/** One version as it was published. Null if there is none of that number. */
export async function findVersion(db: DbOrTx, key: string, number: number): Promise<JourneyVersionRow | null> {
  const row = await db.journeyVersion.findUnique({ where: { journeyKey_number: { journeyKey: key, number } } });
  // Only `publishJourney` writes these columns.
  return row as unknown as JourneyVersionRow | null;
}

/** The number of a version that is there. */
export async function numberOf(db: DbOrTx, id: string): Promise<number> {
  return (await db.journeyVersion.findUniqueOrThrow({ where: { id }, select: { number: true } })).number;
}

async function versionOf(
  tx: Tx,
  { journey: { key }, source, document, graph, sha256 }: Prepared,
): Promise<{ version: VersionSummary; created: boolean }> {
  const newest = await tx.journeyVersion.findFirst({ where: { journeyKey: key }, orderBy: { number: 'desc' } });
  if (newest?.sha256 === sha256) return { version: summary(newest), created: false };
  const number = (newest?.number ?? 0) + 1;
  const json = { document: plainJson(document), graph: plainJson(graph) };
  const row = await tx.journeyVersion.create({ data: { id: v7(), journeyKey: key, number, source, sha256, ...json } });
  return { version: summary(row), created: true };
}

async function pinTemplates(tx: DbOrTx, graph: Graph): Promise<Graph> {
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

import type { Journey } from '../generated/client';
import { compileJourney, type CompiledJourney, type Lookups } from '../../workflows/journeys/compile-journey';
import { builtInSegments } from '../../workflows/domain/conditions/segments';
import { everOpens } from '../../workflows/domain/timing/opening';
import type { DailyHours, Window } from '../../workflows/domain/timing/window';
import type { CheckText, Clock } from '../../workflows/journeys/lookups';
import type { Graph } from '../../workflows/journeys/graph';
import type { Problem } from '../../workflows/journeys/problem';
import type { Db, DbOrTx } from '../client';
import { inTransaction } from '../client';
import { lockWatching, watchFromNow, WATCHING } from './pump/watching';
import { readSegments } from './saved-segments';
import { readSettings } from './settings';

/** `paused` lets nobody in; who is inside goes on. */
export type JourneyStatus = 'draft' | 'published' | 'paused' | 'archived';

export interface StoredJourney {
  key: string;
  status: JourneyStatus;
  /** The draft as its author wrote it: YAML or JSON text. */
  draft: string;
  revision: number;
  /** The version that lets people in; null before the first. */
  publishedId: string | null;
  priority: number;
  createdAt: Date;
  updatedAt: Date;
}

export type DraftSaved =
  | { kind: 'saved'; revision: number; created: boolean }
  | { kind: 'conflict'; revision: number }
  | { kind: 'invalid'; problems: Problem[] };

/**
 * Stores a draft that is sound in itself; what it refers to may follow until it is published. With `expected` only
 * if the stored revision is that one (0: there is none yet). An equal draft keeps its revision.
 */
export async function saveDraft(
  db: Db,
  key: string,
  { source, expected, checkText }: { source: string | object; expected?: number; checkText?: CheckText },
): Promise<DraftSaved> {
  const { eventGroups, eventNames } = (await readSettings(db)).settings;
  const lookups = { templates: null, topics: null, eventGroups, eventNames };
  const compiled = compileJourney(source, { key, ...lookups, ...(checkText && { checkText }) });
  if (!compiled.ok) return { kind: 'invalid', problems: compiled.problems };
  const draft = typeof source === 'string' ? source : JSON.stringify(source, null, 2);
  return inTransaction(db, async (tx) => {
    await lockJourney(tx, key);
    const found = await findJourney(tx, key);
    const revision = found?.revision ?? 0;
    if (expected !== undefined && expected !== revision) return { kind: 'conflict', revision };
    if (found?.draft === draft) return { kind: 'saved', revision, created: false };
    const data = { draft, revision: revision + 1, updatedAt: new Date() };
    // The priority in force is the published version's: it changes when that does.
    const { priority } = compiled.document;
    await tx.journey.upsert({ where: { key }, create: { key, priority, ...data }, update: data });
    return { kind: 'saved', revision: revision + 1, created: found === null };
  });
}

export async function findJourney(db: DbOrTx, key: string): Promise<StoredJourney | null> {
  const row = await db.journey.findUnique({ where: { key } });
  return row && asStored(row);
}

/** Newest first; `after` is the key that the page before ended with. */
export async function listJourneys(
  db: DbOrTx,
  { limit, after }: { limit: number; after: string | null },
): Promise<StoredJourney[]> {
  const rows = await db.journey.findMany({
    orderBy: [{ createdAt: 'desc' }, { key: 'asc' }],
    take: limit,
    ...(after !== null && { cursor: { key: after }, skip: 1 }),
  });
  return rows.map(asStored);
}

/** Checks the stored draft as publishing would. Null if there is no such journey. */
export async function validateDraft(
  db: DbOrTx,
  key: string,
  checks: { checkText?: CheckText } = {},
): Promise<CompiledJourney | null> {
  const journey = await findJourney(db, key);
  return journey && validateDocument(db, key, { source: journey.draft, ...checks });
}

/** Checks any document for this key as publishing would; whether its instants are to come, only with `at`. */
export async function validateDocument(
  db: DbOrTx,
  key: string,
  { source, at, ...checks }: { source: string | object; checkText?: CheckText; at?: Date },
): Promise<CompiledJourney> {
  const clock = at && (await clockOf(db, await findJourney(db, key), at));
  return compileJourney(source, { key, ...(await lookupsOf(db)), ...checks, ...(clock && { clock }) });
}

/** What the instants of a journey's document are held against at that time. */
export async function clockOf(db: DbOrTx, journey: StoredJourney | null, at: Date): Promise<Clock> {
  const publishedId = journey?.status === 'archived' ? null : (journey?.publishedId ?? null);
  const graph = publishedId === null ? null : await loadGraph(db, publishedId);
  const kept = graph?.entries.flatMap((entry) => (entry.kind === 'schedule' ? [entry.schedule] : []));
  return { now: at.getTime(), kept: kept ?? [] };
}

const journeyCan = {
  pause: { from: ['published'], to: 'paused' },
  resume: { from: ['paused'], to: 'published' },
  archive: { from: ['draft', 'published', 'paused'], to: 'archived' },
} as const satisfies Record<string, { from: readonly JourneyStatus[]; to: JourneyStatus }>;

export type JourneyAction = keyof typeof journeyCan;
export type StatusChanged =
  { kind: 'done' | 'unchanged'; journey: StoredJourney } | { kind: 'refused'; status: JourneyStatus };

/** Pauses or resumes entries, or archives. Who is inside goes on in any case. Null if there is no such journey. */
export async function changeStatus(db: Db, key: string, action: JourneyAction): Promise<StatusChanged | null> {
  const { from, to } = journeyCan[action];
  return inTransaction(
    db,
    async (tx) => {
      await lockJourney(tx, key);
      const journey = await findJourney(tx, key);
      if (journey === null) return null;
      if (journey.status === to) return { kind: 'unchanged', journey };
      if (!from.some((status) => status === journey.status)) return { kind: 'refused', status: journey.status };
      await lockWatching(tx);
      const changed = await tx.journey.update({ where: { key }, data: { status: to, updatedAt: new Date() } });
      await watchFromNow(tx, (await readSettings(tx)).settings);
      return { kind: 'done', journey: asStored(changed) };
    },
    WATCHING,
  );
}

/** A published version is loaded once per run. Null if there is no such version. */
export async function loadGraph(db: DbOrTx, versionId: string): Promise<Graph | null> {
  const row = await db.journeyVersion.findUnique({ where: { id: versionId }, select: { graph: true } });
  return row && asGraph(row.graph);
}

export interface PublishedJourney {
  key: string;
  versionId: string;
  graph: Graph;
  priority: number;
  /** It has let people in by this version ever since, if not for longer: a draft that is saved moves it on. */
  since: Date;
}

/** The journeys that let people in, the highest priority first. */
export async function publishedJourneys(db: DbOrTx): Promise<PublishedJourney[]> {
  const rows = await db.$queryRaw<(Omit<PublishedJourney, 'graph'> & { graph: unknown })[]>`
    SELECT journey.key, version.id AS "versionId", version.graph, journey.priority,
           greatest(version.created_at, journey.updated_at) AS since
    FROM journey JOIN journey_version version ON version.id = journey.published_id
    WHERE journey.status = 'published'
    ORDER BY journey.priority DESC, journey.key`;
  return rows.map((row) => ({ ...row, graph: asGraph(row.graph) }));
}

/** Changes whenever `publishedJourneys` answers something else: a cheap question before an expensive one. */
export async function publishedRevision(db: DbOrTx): Promise<string> {
  const [row] = await db.$queryRaw<{ revision: string | null }[]>`
    SELECT string_agg(key || ' ' || published_id || ' ' || priority, ',' ORDER BY key) AS revision
    FROM journey WHERE status = 'published'`;
  return row?.revision ?? '';
}

/** Writers of one journey queue up here, also before its first row exists. */
export async function lockJourney(tx: DbOrTx, key: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('journey:' || ${key}, 0))`;
}

/** What documents may refer to now. */
export async function lookupsOf(db: DbOrTx): Promise<Lookups> {
  const select = { key: true } as const;
  const published = await db.template.findMany({ where: { publishedId: { not: null } }, select });
  const journeys = await db.journey.findMany({ select });
  const endpoints = await db.webhookEndpoint.findMany({ select: { key: true, kind: true } });
  const { settings } = await readSettings(db);
  const savedSegments = await readSegments(db, settings.eventGroups);
  return {
    templates: keysOf(published),
    topics: keysOf(settings.topics),
    journeys: keysOf(journeys),
    segments: new Set([...Object.keys(builtInSegments), ...Object.keys(savedSegments)]),
    savedSegments,
    senders: keysOf(settings.senders),
    teams: keysOf(settings.teams),
    endpoints: {
      chat: keysOf(endpoints.filter(({ kind }) => kind === 'chat')),
      webhook: keysOf(endpoints.filter(({ kind }) => kind === 'webhook')),
    },
    quietHours: settings.quietHours,
    defaultZone: settings.defaultZone,
    eventGroups: settings.eventGroups,
    eventNames: settings.eventNames,
  };
}

/** Keys of published journeys of which these quiet hours would cover a window. */
export async function journeysShutBy(db: DbOrTx, quietHours: DailyHours): Promise<string[]> {
  const rows = await db.$queryRaw<{ key: string; graph: Graph }[]>`
    SELECT j.key, v.graph FROM journey j JOIN journey_version v ON v.id = j.published_id
    WHERE j.status <> 'archived' AND v.graph::text LIKE '%"window"%' ORDER BY j.key`;
  return rows
    .filter(({ graph }) => windowsOf(graph).some((window) => !everOpens(window, quietHours)))
    .map(({ key }) => key);
}

function windowsOf({ window, steps }: Graph): Window[] {
  const named = Object.values(steps).flatMap((step) => ('window' in step ? [step.window] : []));
  return [window, ...named].filter((one): one is Window => one !== undefined && one !== 'any');
}

function keysOf(rows: readonly { key?: string | undefined }[]): Set<string> {
  return new Set(rows.flatMap(({ key }) => key ?? []));
}

function asStored(row: Journey): StoredJourney {
  return { ...row, status: row.status as JourneyStatus };
}

/** Only `publishJourney` writes this column. */
function asGraph(json: unknown): Graph {
  return json as Graph;
}

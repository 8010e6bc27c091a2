import { v7 } from 'uuid';
import type { Tx } from '../../prisma/client';
import { readPublished, readVersions, type VersionRow } from '../../prisma/stores/pump/journeys';
import { readModelNow, type ModelNow } from '../../prisma/stores/scores/model';
import { readWatches } from '../../prisma/stores/pump/watches';
import { readSegments } from '../../prisma/stores/saved-segments';
import { readSettings } from '../../prisma/stores/settings';
import type { Segments } from '../../workflows/domain/conditions/condition';
import { triggersOf, watchesOf, type Watch } from '../../workflows/domain/entries/watch';
import type { Rules, WatchNow } from './fold/subject';

/** Journey versions by id; they never change, so what was read once is kept. */
export type Versions = Map<string, VersionRow>;

/** With the version of the score model, which the ledger names. */
export type RulesNow = Rules & { scoring: ModelNow };

/** What a batch goes by, as of this moment; `versionIds` are those of the enrollments it will meet. */
export async function readRules(tx: Tx, versions: Versions, versionIds: readonly string[]): Promise<RulesNow> {
  const { settings } = await readSettings(tx);
  const published = await readPublished(tx);
  const wanted = new Set([...published.map(({ versionId }) => versionId), ...versionIds]);
  const missing = [...wanted].filter((id) => !versions.has(id));
  if (missing.length > 0) for (const version of await readVersions(tx, missing)) versions.set(version.id, version);
  const journeys = published.flatMap(({ key, versionId }) => {
    const version = versions.get(versionId);
    return version ? [{ key, versionId, version: version.number, graph: version.graph }] : [];
  });
  const graphs = new Map([...wanted].flatMap((id) => (versions.has(id) ? [[id, graphOf(versions, id)] as const] : [])));
  const segments = await readSegments(tx, settings.eventGroups);
  return {
    segments,
    watches: await watchedNow(tx, watchesOf(journeys, segments), segments),
    journeys,
    graphs,
    defaultExits: settings.defaultExits,
    defaultZone: settings.defaultZone,
    scoring: await readModelNow(tx),
    newId: () => v7(),
    people: settings,
  };
}

/** Each watch that has begun, with what is known of it. */
async function watchedNow(tx: Tx, watches: readonly Watch[], segments: Segments): Promise<WatchNow[]> {
  const states = new Map((await readWatches(tx)).map((row) => [row.key, row]));
  return watches.flatMap((watch) => {
    const state = states.get(watch.key);
    if (state?.meaning !== watch.meaning) return [];
    const triggers = triggersOf(watch.condition, segments);
    return [{ ...watch, triggers, since: state.since.getTime(), known: state.known }];
  });
}

function graphOf(versions: Versions, id: string): VersionRow['graph'] {
  const version = versions.get(id);
  if (!version) throw new Error(`journey version ${id} is not there`);
  return version.graph;
}

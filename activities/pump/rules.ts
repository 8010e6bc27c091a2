import { v7 } from 'uuid';
import type { Tx } from '../../prisma/client';
import { readPublished, readVersions, type VersionRow } from '../../prisma/stores/pump/journeys';
import { readSettings } from '../../prisma/stores/settings';
import type { Rules } from './fold/subject';

/** Journey versions by id; they never change, so what was read once is kept. */
export type Versions = Map<string, VersionRow>;

/** What a batch goes by, as of this moment; `versionIds` are those of the enrollments it will meet. */
export async function readRules(tx: Tx, versions: Versions, versionIds: readonly string[]): Promise<Rules> {
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
  return {
    journeys,
    graphs,
    defaultExits: settings.defaultExits,
    defaultZone: settings.defaultZone,
    newId: () => v7(),
  };
}

function graphOf(versions: Versions, id: string): VersionRow['graph'] {
  const version = versions.get(id);
  if (!version) throw new Error(`journey version ${id} is not there`);
  return version.graph;
}

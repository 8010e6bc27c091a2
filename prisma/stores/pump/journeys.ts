import type { Graph } from '../../../workflows/journeys/graph';
import type { DbOrTx } from '../../client';

export interface PublishedRow {
  key: string;
  versionId: string;
}

/** Journeys that take entries, highest priority first. */
export function readPublished(db: DbOrTx): Promise<PublishedRow[]> {
  return db.$queryRaw<PublishedRow[]>`
    select key, published_id as "versionId" from journey
    where status = 'published' and published_id is not null order by priority desc, key`;
}

export interface VersionRow {
  id: string;
  number: number;
  graph: Graph;
}

/** Versions never change: what has been read once may be kept. */
export function readVersions(db: DbOrTx, ids: readonly string[]): Promise<VersionRow[]> {
  return db.$queryRaw<VersionRow[]>`select id, number, graph from journey_version where id = any(${ids}::uuid[])`;
}

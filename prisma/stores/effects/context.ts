import { contactZone } from '../../../workflows/domain/timing/zone';
import type { Graph } from '../../../workflows/journeys/graph';
import { inTransaction, type Db, type Tx } from '../../client';
import type { Settings } from '../settings';
import { graphOf } from './graphs';
import { ContactChanged, readUnderLock, type Asked, type Reading } from './reading';

export interface EffectDeps {
  db: Db;
  /** The settings in force; a few seconds old at most. */
  settings: () => Promise<Settings>;
}

/** What an effect is decided from. */
export interface EffectContext {
  reading: Reading;
  graph: Graph;
  settings: Settings;
  /** The contact's zone. */
  zone: string;
}

/** Runs one step of an effect: one transaction under the contact's lock, begun again if the contact changed meanwhile. */
export async function underLock<T>(
  { db, settings }: EffectDeps,
  asked: Asked,
  step: (tx: Tx, context: EffectContext) => Promise<T>,
): Promise<T> {
  const known = await settings();
  for (;;) {
    try {
      return await inTransaction(db, async (tx) => {
        const reading = await readUnderLock(tx, asked);
        const graph = await graphOf(tx, reading.versionId);
        return step(tx, { reading, graph, settings: known, zone: contactZone(reading, known.defaultZone) });
      });
    } catch (error) {
      if (!(error instanceof ContactChanged)) throw error;
    }
  }
}

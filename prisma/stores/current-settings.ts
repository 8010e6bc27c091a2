import type { Db } from '../client';
import { readSettings, type Settings } from './settings';

/** A change in another process is seen this much later. */
const FRESH_MS = 2_000;

/** The settings in force, a moment old at most. */
export interface CurrentSettings {
  current: () => Promise<Settings>;
  /** After a change, so that this process sees it at once. */
  forget: () => void;
}

export function currentSettings(db: Db): CurrentSettings {
  let known: { settings: Settings; readAt: number } | null = null;
  return {
    async current() {
      const now = performance.now();
      if (known && now - known.readAt < FRESH_MS) return known.settings;
      const { settings } = await readSettings(db);
      known = { settings, readAt: now };
      return settings;
    },
    forget: () => void (known = null),
  };
}

import type { Db } from '../client';
import { readSettings, type Settings } from './settings';

/** The net: a change is told about (`nurture_settings`), unless the connection was lost just then. */
const FRESH_MS = 2_000;

/** The settings in force, a moment old at most. */
export interface CurrentSettings {
  current: () => Promise<Settings>;
  /** After a change, so that it is seen at once: what is being read meanwhile is not kept. */
  forget: () => void;
}

export function currentSettings(db: Db): CurrentSettings {
  let known: { settings: Settings; readAt: number } | null = null;
  let changes = 0;
  return {
    async current() {
      const now = performance.now();
      if (known && now - known.readAt < FRESH_MS) return known.settings;
      const before = changes;
      const { settings } = await readSettings(db);
      if (before === changes) known = { settings, readAt: now };
      return settings;
    },
    forget: () => {
      changes += 1;
      known = null;
    },
  };
}

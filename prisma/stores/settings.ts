import { z } from 'zod';
import type { Db, DbOrTx } from '../client';
import { inTransaction } from '../client';

const key = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and hyphens, at most 64');
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'hh:mm');
const period = z.string().regex(/^\d{1,4} (minute|hour|day|week)s?$/, 'such as "24 hours" or "7 days"');
const weekday = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);
const eventType = z.string().min(1).max(200);

/** Exits that hold for every journey that does not opt out. */
const defaultExitNames = ['meeting-booked', 'replied', 'customer', 'unsubscribed', 'handoff-accepted'] as const;

const shape = {
  /** What a consent is about. `education` and `product` exist always. */
  topics: z.array(z.strictObject({ key, name: z.string().min(1).max(100) })).max(100),
  /** At most `max` messages of a channel within `per`, across all journeys. */
  frequencyCaps: z
    .array(z.strictObject({ channel: z.literal('email'), max: z.int().min(1).max(1000), per: period }))
    .max(10),
  /** No message between these times in the contact's zone. */
  quietHours: z.strictObject({ from: timeOfDay, to: timeOfDay }).nullable(),
  /** Messages leave within it, in the contact's zone. */
  defaultWindow: z.strictObject({ days: z.array(weekday).min(1), from: timeOfDay, to: timeOfDay }).nullable(),
  /** Zone of contacts whose own is unknown. */
  defaultZone: z.string().refine(isZone, 'not an IANA time zone'),
  defaultExits: z.array(z.enum(defaultExitNames)),
  /** A company's own event names → the vocabulary's. */
  eventNames: z.record(z.string().min(1).max(200), eventType),
  /** Further groups of event types. */
  eventGroups: z.record(key, z.array(eventType).min(1).max(50)),
  /** What a journey does when the provider's answer was lost. */
  unknownSends: z.enum(['proceed', 'hold']),
  postalAddress: z.string().min(1).max(500).nullable(),
  senders: z.array(z.strictObject({ email: z.email(), name: z.string().min(1).max(100) })).max(100),
  teams: z.array(z.strictObject({ key, name: z.string().min(1).max(100) })).max(100),
};

export const settingsSchema = z.strictObject(shape).meta({ id: 'Settings' });
/** What a PATCH may carry: each field as a whole. */
export const settingsPatchSchema = z.strictObject(shape).partial();

export type Settings = z.output<typeof settingsSchema>;
export type SettingsPatch = z.output<typeof settingsPatchSchema>;

const standardTopics: Settings['topics'] = [
  { key: 'education', name: 'Education' },
  { key: 'product', name: 'Product' },
];

export const defaultSettings: Settings = {
  topics: standardTopics,
  frequencyCaps: [],
  quietHours: null,
  defaultWindow: null,
  defaultZone: 'UTC',
  defaultExits: [...defaultExitNames],
  eventNames: {},
  eventGroups: {},
  unknownSends: 'proceed',
  postalAddress: null,
  senders: [],
  teams: [],
};

export interface StoredSettings {
  settings: Settings;
  /** 0 while nothing was ever changed. */
  revision: number;
}

/** The settings in force: what was stored over the defaults. */
export async function readSettings(db: DbOrTx): Promise<StoredSettings> {
  const row = await db.setting.findUnique({ where: { id: 1 } });
  if (!row) return { settings: defaultSettings, revision: 0 };
  return { settings: effective(settingsPatchSchema.parse(row.document)), revision: row.revision };
}

/** Changes the named fields. Null if the revision is no longer the expected one. */
export async function patchSettings(
  db: Db,
  patch: SettingsPatch,
  expected: number | null,
): Promise<StoredSettings | null> {
  return inTransaction(db, async (tx) => {
    await tx.$executeRaw`INSERT INTO setting (id, document) VALUES (1, '{}') ON CONFLICT (id) DO NOTHING`;
    const [locked] = await tx.$queryRaw<{ fresh: boolean; revision: number }[]>`
      SELECT revision, document = '{}' AS fresh FROM setting WHERE id = 1 FOR UPDATE`;
    const revision = !locked || locked.fresh ? 0 : locked.revision;
    if (expected !== null && expected !== revision) return null;
    const { settings } = await readSettings(tx);
    const document = effective({ ...settings, ...patch });
    await tx.setting.update({ where: { id: 1 }, data: { document, revision: revision + 1, updatedAt: new Date() } });
    return { settings: document, revision: revision + 1 };
  });
}

function effective(stored: SettingsPatch): Settings {
  const settings = { ...defaultSettings, ...stored };
  const missing = standardTopics.filter((topic) => !settings.topics.some(({ key: known }) => known === topic.key));
  return { ...settings, topics: [...missing, ...settings.topics] };
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

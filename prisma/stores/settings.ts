import { z } from 'zod';
import { channels, isPhone } from '../../workflows/domain/sending/channel';
import { countryCode } from '../../workflows/domain/timing/country';
import { weekdays } from '../../workflows/domain/timing/deadline';
import { periodMs } from '../../workflows/domain/timing/duration';
import type { Weekday } from '../../workflows/domain/timing/window';
import { officeHours } from '../../workflows/domain/timing/working-time';
import type { Db, DbOrTx } from '../client';
import { inTransaction } from '../client';
import { lockWatching, watchFromNow, WATCHING } from './pump/watching';
import { defaultWebsite, websiteSettings } from './website-settings';

import { industry, trait } from './people-settings';

const DAY_MS = 86_400_000;
const key = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and hyphens, at most 64');
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'hh:mm');
/** Up to a year back the messages of a contact are counted. */
const period = z
  .string()
  .regex(/^[1-9]\d{0,3} (minute|hour|day|week)s?$/, { abort: true, error: 'such as "24 hours" or "7 days"' })
  .refine((text) => periodMs(text) <= 366 * DAY_MS, 'a year at most');
const spread = period.refine((text) => periodMs(text) <= DAY_MS, 'a day at most');
const dailyHours = z
  .strictObject({ from: timeOfDay, to: timeOfDay })
  .refine(differ, 'must begin and end at different times');
const shortDays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const weekday = z
  .enum([...weekdays, ...shortDays])
  .transform((day): Weekday => weekdays.find((name) => name.startsWith(day)) ?? 'monday');
const eventType = z.string().min(1).max(200);

const name = z.string().min(1).max(100);
const phone = z.string().refine(isPhone, 'E.164, such as +4915112345678');
const sender = z.strictObject({ key: key.optional(), email: z.email(), name, verified: z.boolean().default(true) });
/** `chat` is the key of an endpoint. */
const reached = { phone: phone.optional(), chat: key.optional() };
const meetingUrl = z.url({ protocol: /^https?$/ }).optional();
const rep = z.strictObject({ key, name, email: z.email(), meetingUrl, ...reached });
const team = z.strictObject({ key, name, email: z.email().optional(), ...reached });

const days = z.array(weekday).min(1).optional();
const window = z
  .strictObject({ days, from: timeOfDay, to: timeOfDay })
  .refine(differ, 'must begin and end at different times');
const workingHours = z
  .strictObject({ days: z.array(weekday).min(1), from: timeOfDay, to: timeOfDay })
  .refine(({ from, to }) => from < to, 'must end later than they begin, on the same day');
const country = z
  .string()
  .refine((code) => code === 'contact' || countryCode(code) === code, 'an ISO code such as "DE", or "contact"');
const fixedDate = z.string().refine(isDate, 'such as "2026-12-24", or "12-24" for every year');

/** Exits that hold for every journey that does not opt out. */
const defaultExitNames = ['meeting-booked', 'replied', 'customer', 'unsubscribed', 'handoff-accepted'] as const;

const shape = {
  /** What a consent is about. `education` and `product` exist always. */
  topics: z.array(z.strictObject({ key, name: z.string().min(1).max(100) })).max(100),
  /** At most `max` marketing messages of a channel within `per`, across all journeys; `all`: of mail, SMS and in-app. */
  frequencyCaps: z
    .array(z.strictObject({ channel: z.enum([...channels, 'all']), max: z.int().min(1).max(1000), per: period }))
    .max(10),
  /** Between two marketing messages of a channel to one person. */
  minimumGap: period.nullable(),
  /** No message between these times in the contact's zone. */
  quietHours: dailyHours.nullable(),
  /** Messages leave within it, in the contact's zone, where their journey has no window of its own. */
  defaultWindow: window.nullable(),
  /** No message on these days; they are no working days either. */
  holidays: z
    .strictObject({ countries: z.array(country).max(50).default([]), dates: z.array(fixedDate).max(400).default([]) })
    .nullable(),
  /** Over how long the messages that wait for the same opening are spread, where their journey does not say. */
  spread: spread.nullable(),
  /** When staff work: tasks are due within them. */
  workingHours,
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
  /** Who mails may come from; the first is the default. One that is not verified is passed over. */
  senders: z.array(sender).max(100),
  /** Whom a contact's `owner` may name, by key or address. */
  reps: z.array(rep).max(500).refine(haveOwnKeys, 'each key once'),
  teams: z.array(team).max(100).refine(haveOwnKeys, 'each key once'),
  /** Custom traits of which it is said what they hold. */
  traits: z.array(trait).max(200).refine(haveOwnKeys, 'each key once'),
  /** Industries beside the declared ones, and further names of these. */
  industries: z.array(industry).max(200).refine(haveOwnKeys, 'each key once'),
  /** Whether the provider is asked about every new company, or only when somebody asks for it. */
  enrichment: z.enum(['automatic', 'on-request']),
  website: websiteSettings,
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
  minimumGap: null,
  quietHours: null,
  defaultWindow: null,
  holidays: null,
  spread: null,
  workingHours: { ...officeHours, days: [...officeHours.days] },
  defaultZone: 'UTC',
  defaultExits: [...defaultExitNames],
  eventNames: {},
  eventGroups: {},
  unknownSends: 'proceed',
  postalAddress: null,
  senders: [],
  reps: [],
  teams: [],
  traits: [],
  industries: [],
  enrichment: 'automatic',
  website: defaultWebsite,
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

/** Changes the named fields, and tells every process. Null if the revision is no longer the expected one. */
export async function patchSettings(
  db: Db,
  patch: SettingsPatch,
  expected: number | null,
): Promise<StoredSettings | null> {
  return inTransaction(
    db,
    async (tx) => {
      await tx.$executeRaw`INSERT INTO setting (id, document) VALUES (1, '{}') ON CONFLICT (id) DO NOTHING`;
      const [locked] = await tx.$queryRaw<{ fresh: boolean; revision: number }[]>`
      SELECT revision, document = '{}' AS fresh FROM setting WHERE id = 1 FOR UPDATE`;
      const revision = !locked || locked.fresh ? 0 : locked.revision;
      if (expected !== null && expected !== revision) return null;
      const { settings } = await readSettings(tx);
      const document = effective({ ...settings, ...patch });
      await tx.setting.update({ where: { id: 1 }, data: { document, revision: revision + 1, updatedAt: new Date() } });
      if (patch.eventGroups) {
        // Segments that name a group mean something else by now.
        await lockWatching(tx);
        await watchFromNow(tx, document);
      }
      await tx.$executeRaw`SELECT pg_notify('nurture_settings', '')`;
      return { settings: document, revision: revision + 1 };
    },
    WATCHING,
  );
}

function effective(stored: SettingsPatch): Settings {
  const settings = { ...defaultSettings, ...stored };
  const missing = standardTopics.filter((topic) => !settings.topics.some(({ key: known }) => known === topic.key));
  return { ...settings, topics: [...missing, ...settings.topics] };
}

function haveOwnKeys(rows: readonly { key: string }[]): boolean {
  return new Set(rows.map((row) => row.key)).size === rows.length;
}

function differ({ from, to }: { from: string; to: string }): boolean {
  return from !== to;
}

/** Of this form, and in the calendar: 29 February is, of some years. */
function isDate(text: string): boolean {
  const whole = /^\d\d-\d\d$/.test(text) ? `2028-${text}` : text;
  const instant = Date.parse(`${whole}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(whole) && !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(whole);
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

import { z } from 'zod';
import type { Json } from '../domain/json';
import { parseDuration, durationPattern } from '../domain/timing/duration';
import { clockPattern } from '../domain/timing/deadline';
import { isMapping, meaning, say } from './wording';

/** Keys and ids: they stand in URLs, workflow ids and the Temporal UI. */
export const key = z
  .string()
  .max(64)
  .regex(/^[a-z0-9][a-z0-9_-]*$/, {
    error: say('must be lower-case letters, digits, `-` and `_`', 'for example `five-days`'),
  });

export const sentence = z.string().trim().min(1).max(1000);
export const line = z.string().trim().min(1).max(200);
/** Text that may hold Liquid. */
export const liquid = z.string().trim().min(1).max(4000);
export const path = z.string().min(1).max(200);
export const eventName = z.string().min(1).max(200);

export const duration = z
  .string()
  .regex(durationPattern, { abort: true, error: durationMessage })
  .refine((text) => parseDuration(text) !== null, { error: 'must be ten years at most' });

function durationMessage(): string {
  return say(
    'must be a duration',
    'a whole number and seconds, minutes, hours, days, weeks or working days: `2 days`, `90 minutes`, `3 working days`',
  );
}

export const clock = z
  .string()
  .regex(clockPattern, { error: say('must be a time of day', 'four digits, 24 hours: "09:30"') });

export const scalar = z.union([z.string().max(500), z.number(), z.boolean()], {
  error: meaning(() => say('must be text, a number, true or false')),
});

/** Anything that JSON can carry. */
export const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(json), z.record(z.string(), json)], {
    error: meaning((input) => (Array.isArray(input) ? 4 : isMapping(input) ? 5 : 'must be JSON')),
  }),
);

/** An IANA time zone. */
export const zone = z
  .string()
  .refine(isZone, { error: say('must be a time zone', 'of the IANA database: Europe/Berlin, America/New_York, UTC') });

function isZone(name: string): boolean {
  try {
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions() !== null;
  } catch {
    return false;
  }
}

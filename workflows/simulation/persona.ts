import { z } from 'zod';
import { duration, eventName, json, key, line } from '../journeys/scalars';
import { isoDate } from '../domain/conditions/values';
import type { Persona } from './persona-shape';
import { closed, isMapping, meaning, rule, say } from '../journeys/wording';

const instant = z
  .string()
  .regex(isoDate, { error: say('must be an ISO date and time', 'such as 2026-11-23T09:00:00Z') });
const properties = z.record(z.string().min(1), json);

const when = {
  /** After they entered; for a behaviour `of` a message, after that message went out. */
  after: duration.optional(),
  at: instant.optional(),
};
const whenOnce = rule<{ after?: string | undefined; at?: string | undefined }>(
  ({ after, at }) => (after === undefined) !== (at === undefined),
  say('must say when: either `after` or `at`', '{ after: 2 days, event: page.viewed }'),
);

const behaviour = closed({
  ...when,
  event: eventName,
  of: key.optional().describe('The step whose message it is about'),
  properties: properties.optional(),
  traits: properties.optional(),
}).check(whenOnce);

const intervention = closed({
  ...when,
  do: z.enum(['pause', 'resume', 'skip', 'retry', 'cancel', 'leave', 'opt-out']),
  outcome: key.optional().describe('What they leave with'),
  topic: key.optional().describe('What they opt out of; everything without it'),
}).check(whenOnce);

const deed = z.union([behaviour, intervention], {
  error: meaning((input) => (isMapping(input) && Object.hasOwn(input, 'do') ? 1 : 0)),
});

/** A persona as it stands in a file, or comes by the API. */
export const persona: z.ZodType<Persona> = closed({
  persona: line.default('somebody').describe('Who they are, for the report'),
  entersAt: instant.default('2026-01-05T09:00:00Z').describe('A Monday morning unless said otherwise'),
  contact: properties.default({}).describe('Standard fields by name; `traits` holds the custom ones'),
  entry: properties.default({}).describe('Properties of the event that they enter by'),
  score: closed({ fit: z.int().optional(), engagement: z.int().optional() })
    .optional()
    .describe('Points that they bring along'),
  does: z.array(deed).max(500).default([]).describe('What they do, and what is done to them'),
});

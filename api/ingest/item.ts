import { z } from 'zod';
import { isPlaceholderId } from '../../workflows/domain/people/placeholder-ids';
import { json } from '../http/json';

export const itemTypes = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const;
export type ItemType = (typeof itemTypes)[number];

/** Segment's browser library sends null for what it does not know. */
const id = z
  .union([z.string(), z.number().transform(String)], 'must be a text')
  .nullish()
  .transform((value) => (value === null || value === undefined || value.trim() === '' ? null : value.trim()))
  .refine((value) => value === null || value.length <= 512, 'must have at most 512 characters')
  // Keys are lists of lines on their way into the database.
  .refine((value) => value === null || !/\p{Cc}/u.test(value), 'must not contain control characters');

/** Of somebody: an item that says it of everybody would make all of them one person. */
const personId = id.refine(
  (value) => value === null || !isPlaceholderId(value),
  'is what a program sends where it knows nobody: all who have it would become one person. Leave it out',
);

const text = z.string('must be a text').nullish();
const bag = z
  .record(z.string(), json, 'must be an object')
  .nullish()
  .transform((value) => value ?? {});

/** One message of Segment's protocol; fields that we do not know are kept. */
export const itemSchema = z.looseObject({
  type: z.enum(itemTypes, `must be one of ${itemTypes.join(', ')}`),
  messageId: id,
  userId: personId,
  anonymousId: personId,
  previousId: personId,
  groupId: id,
  event: text,
  name: text,
  category: text,
  properties: bag,
  traits: bag,
  context: bag,
  timestamp: text,
  originalTimestamp: text,
  sentAt: text,
});

export type Item = z.output<typeof itemSchema>;

/** What a request or a library says about itself rather than about the person. */
const envelope = new Set([
  ...Object.keys(itemSchema.shape),
  'writeKey',
  'integrations',
  '_metadata',
  'receivedAt',
  'version',
  'channel',
]);

/** Fields of an item that the protocol does not have. */
export function furtherFields(item: Item): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !envelope.has(name)));
}

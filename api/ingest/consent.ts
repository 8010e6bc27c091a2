import { z } from 'zod';
import { consentChannels, isTopic } from '../../workflows/domain/consent/consent';
import type { Json } from '../../workflows/domain/json';
import { pointerTo } from '../http/problems';
import { instantOf } from './when';

/** As a server may say of somebody in the trait `consent`. */
const consent = z.strictObject({
  topic: z.string('a topic is needed').refine(isTopic, 'must be the key of a topic, or * for everything'),
  channel: z.enum(consentChannels, `must be one of ${consentChannels.join(', ')}`).optional(),
  text: z.string().max(5_000).nullish(),
  source: z.string().max(200).nullish(),
  at: z
    .string()
    .refine((text) => instantOf(text) !== null, 'must be a date and time in ISO 8601')
    .nullish(),
});

/** What is wrong with the trait `consent` of an item: one, or a list of them. A consent must not get lost unseen. */
export function consentFaults(trait: Json | undefined): { pointer: string; detail: string }[] {
  if (trait === undefined || trait === null) return [];
  const isList = Array.isArray(trait);
  const told = isList ? trait : [trait];
  return told.flatMap((one, i) => {
    const parsed = consent.safeParse(one);
    if (parsed.success) return [];
    return parsed.error.issues.map(({ path, message }) => ({
      pointer: pointerTo(['traits', 'consent', ...(isList ? [i] : []), ...path]),
      detail: message,
    }));
  });
}

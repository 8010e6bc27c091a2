import { z } from 'zod';
import { key } from '../scalars';
import { closed } from '../wording';
import { onward, stepParts } from './step-parts';
import { values } from './values';

/** Asks another journey to take the contact, and goes on. */
export const enroll = closed({
  ...stepParts,
  kind: z.literal('enroll'),
  journey: key.describe('Key of the other journey; its own rules of entry hold'),
  with: values.optional().describe('Properties for it, besides those of this entry'),
  ...onward,
});

export type EnrollSource = z.infer<typeof enroll>;

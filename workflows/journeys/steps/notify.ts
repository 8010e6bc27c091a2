import { z } from 'zod';
import { key, liquid } from '../scalars';
import { closed } from '../wording';
import { onward, stepParts } from './step-parts';

/** Tells staff. */
export const notify = closed({
  ...stepParts,
  kind: z.literal('notify'),
  to: key.describe('`owner`, or the key of a team'),
  via: z
    .array(z.enum(['email', 'chat', 'sms']))
    .min(1)
    .max(3)
    .refine((names) => new Set(names).size === names.length, { error: 'must name each channel once' })
    .describe('On each of these channels'),
  text: liquid.describe('Liquid'),
  ...onward,
});

export type NotifySource = z.infer<typeof notify>;

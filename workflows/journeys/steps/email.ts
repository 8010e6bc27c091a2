import { z } from 'zod';
import { key } from '../scalars';
import { closed, meaning } from '../wording';
import { sendingParts } from './sending';
import { onward, stepParts } from './step-parts';

const from = z.union([key, z.array(key).min(1).max(10)], { error: meaning((input) => (Array.isArray(input) ? 1 : 0)) });

export const email = closed({
  ...stepParts,
  kind: z.literal('email'),
  template: key.describe('Key of a published template'),
  from: from.optional().describe('`owner`, the key of a sender, or a list of them: the first that exists'),
  ...sendingParts,
  ...onward,
});

export type EmailSource = z.infer<typeof email>;

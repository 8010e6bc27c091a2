import { z } from 'zod';
import { key } from '../scalars';
import { closed } from '../wording';
import { onward, stepParts } from './step-parts';

/** Goes back to an earlier step. The one way back there is. */
export const repeat = closed({
  ...stepParts,
  kind: z.literal('repeat'),
  from: key.describe('The earlier step that it goes back to'),
  times: z.int().min(1).max(100).describe('At most this often in an enrollment; then on'),
  ...onward,
});

export type RepeatSource = z.infer<typeof repeat>;

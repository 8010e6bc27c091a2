import { z } from 'zod';
import { duration, key, line, liquid } from '../scalars';
import { closed } from '../wording';
import { onward, stepParts } from './step-parts';

export const taskType = z.enum(['call', 'email', 'linkedin', 'custom']);

/** A to-do for a rep. */
export const task = closed({
  ...stepParts,
  kind: z.literal('task'),
  type: taskType.describe('What is to be done'),
  to: key.default('owner').describe('`owner`, or the key of a team'),
  title: line.describe('Liquid'),
  note: liquid.optional().describe('Liquid'),
  due: duration.optional().describe('How long they have, in working time: 4 hours, 1 working day'),
  ...onward,
});

export type TaskSource = z.infer<typeof task>;

import { z } from 'zod';
import { line } from '../scalars';
import { closed } from '../wording';
import { onward, stepParts } from './step-parts';

/** Adds points to the contact's score, or takes them. */
export const score = closed({
  ...stepParts,
  kind: z.literal('score'),
  points: z
    .int()
    .min(-1000)
    .max(1000)
    .refine((points) => points !== 0, { error: 'must not be 0' })
    .describe('To add; below zero, to take'),
  axis: z.enum(['engagement', 'fit']).default('engagement').describe('What they do, or who they are'),
  reason: line.describe('What they are for, in the score of the contact'),
  ...onward,
});

export type ScoreSource = z.infer<typeof score>;

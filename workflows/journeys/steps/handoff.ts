import { z } from 'zod';
import { duration, line } from '../scalars';
import { closed } from '../wording';
import { awaited, type AwaitedSource } from './awaited';
import { onward, stepParts } from './step-parts';
import { taskType } from './task';

const handoffParts = {
  ...stepParts,
  kind: z.literal('handoff'),
  reason: line.describe('Why sales should talk to them; Liquid'),
  suggest: taskType.optional().describe('What to do first'),
  for: duration.default('3 working days').describe('How long to wait for an answer'),
  ...onward,
};

export interface HandoffSource<Step> extends z.infer<z.ZodObject<typeof handoffParts>> {
  on?: AwaitedSource<Step>[];
}

/** Offers the contact to sales: a task for the owner, and a wait for what comes of it. */
export function handoff<Step>(nested: z.ZodType<Step[]>) {
  return closed({ ...handoffParts, on: awaited(nested).optional().describe('Answers that end the wait') });
}

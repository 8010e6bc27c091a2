import type { z } from 'zod';
import { where } from './conditions';
import { eventName, key } from './scalars';
import { closed, rule, say } from './wording';

/** An event that ends the journey from anywhere, or sends it on. */
export const exitBy = closed({
  event: eventName.describe('An event type, or a group of them'),
  where: where.optional().describe('Tests of its properties'),
  outcome: key.optional().describe('How the journey ended'),
  next: key.optional().describe('The step that the journey goes on with; once in an enrollment'),
}).check(
  rule(
    ({ outcome, next }) => (outcome === undefined) !== (next === undefined),
    say('needs either `outcome` or `next`', 'how the journey ends, or the step that it goes on with'),
  ),
);

export type ExitBySource = z.infer<typeof exitBy>;

import { z } from 'zod';
import { key } from '../scalars';
import { closed, rule, say } from '../wording';
import { onward, stepParts } from './step-parts';
import { values } from './values';

/** Ends the journey. With `if` it may be passed by, to `next` or the step after. */
export const exit = closed({
  ...stepParts,
  kind: z.literal('exit'),
  outcome: key.describe('How it ended'),
  into: key.optional().describe('Key of the journey that is asked to take them next; its own rules of entry hold'),
  with: values.optional().describe('Properties for it, besides those of this entry'),
  ...onward,
}).check(
  rule(
    (step) => step.next === undefined || step.if !== undefined,
    say('nothing follows an exit', 'only an exit with `if` can be passed by'),
    ['next'],
  ),
  rule(
    (step) => step.with === undefined || step.into !== undefined,
    say('`with` is for another journey', 'name it by `into`'),
    ['with'],
  ),
);

export type ExitSource = z.infer<typeof exit>;

import { z } from 'zod';
import { key } from '../scalars';
import { closed, rule, say } from '../wording';
import { stepParts } from './step-parts';

/** Ends the journey. With `if` it may be passed by, to `next` or the step after. */
export const exit = closed({ ...stepParts, kind: z.literal('exit'), outcome: key, next: key.optional() }, [
  'into',
]).check(
  rule(
    (step) => step.next === undefined || step.if !== undefined,
    say('nothing follows an exit', 'only an exit with `if` can be passed by'),
    ['next'],
  ),
);

export type ExitSource = z.infer<typeof exit>;

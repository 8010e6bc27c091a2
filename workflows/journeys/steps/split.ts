import { z } from 'zod';
import { key } from '../scalars';
import { closed, rule, say } from '../wording';
import { onward, stepParts } from './step-parts';

const splitParts = { ...stepParts, kind: z.literal('split'), ...onward };
const weight = z.int().min(1).max(1000);

/** The name of the arm of those who are kept out. */
export const holdoutName = 'holdout';

interface ArmWay<Step> {
  next?: string;
  do?: Step[];
}
export interface SplitSource<Step> extends z.infer<z.ZodObject<typeof splitParts>> {
  arms: (ArmWay<Step> & { name: string; weight: number })[];
  holdout?: ArmWay<Step> & { weight: number };
}

/** An experiment's fork. An arm without a way of its own goes on to the step after. */
export function split<Step>(nested: z.ZodType<Step[]>) {
  const way = {
    next: key.optional().describe('The step that it leads to'),
    do: nested.optional().describe('Steps that it leads to'),
  };
  const oneWay = rule<ArmWay<Step>>(
    (arm) => arm.next === undefined || arm.do === undefined,
    '`next` and `do` exclude each other',
  );
  const arm = closed({
    name: key
      .refine((name) => name !== holdoutName, { error: say('is not free', 'it is the arm of `holdout`') })
      .describe('Its name'),
    weight: weight.default(1).describe('Its share, among the weights of all arms'),
    ...way,
  }).check(oneWay);
  const holdout = closed({ weight: weight.describe('Their share'), ...way }).check(oneWay);
  return closed({
    ...splitParts,
    arms: z.array(arm).min(1).max(20).describe('Each contact is in one of them, for good'),
    holdout: holdout.optional().describe('Who is kept out, to compare with'),
  }).check(
    rule(
      ({ arms }) => new Set(arms.map(({ name }) => name)).size === arms.length,
      say('two arms have one name', 'give each its own'),
      ['arms'],
    ),
    rule(
      (step) => step.arms.length > 1 || step.holdout !== undefined,
      say('this splits nobody', 'add another arm, or a `holdout`'),
      ['arms'],
    ),
  );
}

import { z } from 'zod';
import { messages, where } from '../conditions';
import { duration, eventName, key } from '../scalars';
import { closed, meaning, rule } from '../wording';

const since = z.union([z.literal('entry'), duration], { error: meaning((input) => (input === 'entry' ? 0 : 1)) });

const awaitedParts = {
  event: eventName.describe('An event type, or a group of them'),
  of: messages.optional().describe('The message steps that it must be about; `journey` is all of them'),
  where: where.optional().describe('Tests of its properties'),
  since: since.optional().describe('How far back it counts: `entry`, or a period'),
  next: key.optional().describe('The step that it leads to'),
};

export interface AwaitedSource<Step> extends z.infer<z.ZodObject<typeof awaitedParts>> {
  do?: Step[];
}

/** Behaviours that end a wait. */
export function awaited<Step>(nested: z.ZodType<Step[]>) {
  const one = closed({ ...awaitedParts, do: nested.optional().describe('Steps that it leads to') }).check(
    rule(({ next, do: steps }) => next === undefined || steps === undefined, '`next` and `do` exclude each other'),
  );
  return z.array(one).min(1).max(20);
}

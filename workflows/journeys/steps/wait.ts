import { z } from 'zod';
import { isoDate } from '../../domain/conditions/values';
import { weekdays } from '../../domain/timing/deadline';
import { messages, where } from '../conditions';
import { clock, duration, eventName, key, path } from '../scalars';
import { byKey, closed, meaning, rule, say } from '../wording';
import { stepParts } from './step-parts';

const date = z
  .string()
  .regex(isoDate, { error: say('must be an ISO date', 'for example 2026-12-24, with `at` for the time of day') });

const until = z.union(
  [
    closed({ day: z.int().min(1).max(3650), at: clock }),
    closed({ date, at: clock.optional() }),
    closed({ field: path, at: clock.optional() }),
    closed({ weekday: z.enum(weekdays), at: clock }),
  ],
  {
    error: byKey(['day', 'date', 'field', 'weekday'], () =>
      say('must say until when', 'one of {day, at}, {date, at}, {field, at}, {weekday, at}'),
    ),
  },
);

const since = z.union([z.literal('entry'), duration], { error: meaning((input) => (input === 'entry' ? 0 : 1)) });

const awaitedParts = {
  event: eventName,
  of: messages.optional(),
  where: where.optional(),
  since: since.optional(),
  next: key.optional(),
};

const waitParts = {
  ...stepParts,
  kind: z.literal('wait'),
  for: duration.optional(),
  until: until.optional(),
  next: key.optional(),
};

interface AwaitedSource<Step> extends z.infer<z.ZodObject<typeof awaitedParts>> {
  do?: Step[];
}
export interface WaitSource<Step> extends z.infer<z.ZodObject<typeof waitParts>> {
  on?: AwaitedSource<Step>[];
}

/** A wait ends at a time, by a behaviour, or by whichever comes first. */
export function wait<Step>(nested: z.ZodType<Step[]>) {
  const awaited = closed({ ...awaitedParts, do: nested.optional() }).check(
    rule(({ next, do: steps }) => next === undefined || steps === undefined, '`next` and `do` exclude each other'),
  );
  return closed({ ...waitParts, on: z.array(awaited).min(1).max(20).optional() }).check(
    rule((step) => step.for === undefined || step.until === undefined, '`for` and `until` exclude each other'),
    rule(
      (step) => step.for !== undefined || step.until !== undefined || step.on !== undefined,
      say('this waits for nothing', 'add `for`, `until` or `on`'),
    ),
  );
}

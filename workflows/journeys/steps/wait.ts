import { z } from 'zod';
import { isoDate } from '../../domain/conditions/values';
import { weekdays } from '../../domain/timing/deadline';
import { clock, duration, path } from '../scalars';
import { byKey, closed, rule, say } from '../wording';
import { awaited, type AwaitedSource } from './awaited';
import { onward, stepParts } from './step-parts';

const date = z
  .string()
  .regex(isoDate, { error: say('must be an ISO date', 'for example 2026-12-24, with `at` for the time of day') });

const at = clock.describe('Time of day');
const until = z.union(
  [
    closed({ day: z.int().min(1).max(3650).describe('The day of entry is day 1'), at }),
    closed({ date: date.describe('A date, or date and time'), at: at.optional() }),
    closed({ field: path.describe('Field of the contact that holds a date'), at: at.optional() }),
    closed({ weekday: z.enum(weekdays).describe('The next one'), at }),
  ],
  {
    error: byKey(['day', 'date', 'field', 'weekday'], () =>
      say('must say until when', 'one of {day, at}, {date, at}, {field, at}, {weekday, at}'),
    ),
  },
);

const waitParts = {
  ...stepParts,
  kind: z.literal('wait'),
  for: duration.optional().describe('How long: 2 days, 90 minutes, 3 working days'),
  until: until.optional().describe('Until when, in the time zone of the contact'),
  ...onward,
};

export interface WaitSource<Step> extends z.infer<z.ZodObject<typeof waitParts>> {
  on?: AwaitedSource<Step>[];
}

/** A wait ends at a time, by a behaviour, or by whichever comes first. */
export function wait<Step>(nested: z.ZodType<Step[]>) {
  return closed({ ...waitParts, on: awaited(nested).optional().describe('Behaviours that end it') }).check(
    rule((step) => step.for === undefined || step.until === undefined, '`for` and `until` exclude each other'),
    rule(
      (step) => step.for !== undefined || step.until !== undefined || step.on !== undefined,
      say('this waits for nothing', 'add `for`, `until` or `on`'),
    ),
  );
}

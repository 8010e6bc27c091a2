import { z } from 'zod';
import { periodMs } from '../domain/timing/duration';
import { weekdays } from '../domain/timing/deadline';
import { clock, duration } from './scalars';
import { closed, isMapping, meaning, rule, say } from './wording';

const hours = closed({
  days: z.array(z.enum(weekdays)).min(1).max(7).optional().describe('Without it, all days'),
  from: clock.describe('From this time of day, in the zone of the contact'),
  to: clock.describe('Until this time of day; before `from`, it is of the next day'),
}).check(rule(({ from, to }) => from !== to, say('this window never opens', '`from` and `to` must differ')));

/** When messages may leave. */
export const window = z.union([z.literal('any'), hours], {
  error: meaning((input) => {
    if (isMapping(input)) return 1;
    return say(
      'must say when messages may leave',
      'one of any, { days: [monday, friday], from: "09:00", to: "17:00" }',
    );
  }),
});

const dayMs = 86_400_000;

/** Over how long messages are spread that are due at one instant. */
export const spread = duration.refine((text) => periodMs(text) <= dayMs, {
  error: 'must be a day at most',
});

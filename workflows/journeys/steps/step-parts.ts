import { condition } from '../conditions';
import { key } from '../scalars';

/** What every step has. */
export const stepParts = {
  id: key.describe('Its own name in this journey, for good'),
  if: condition.optional().describe('Where it does not hold, the step is passed by'),
};

/** Where a step goes on. */
export const onward = { next: key.optional().describe('The step after it; without it, the following one') };

import { condition } from '../conditions';
import { key } from '../scalars';

/** What every step has. */
export const stepParts = {
  id: key,
  if: condition.optional(),
};

import { z } from 'zod';
import { json, path } from '../scalars';
import { closed, isMapping, meaning } from '../wording';

/** A property of the entry event, in place of a value. */
export const reference = closed({ entry: path.describe('Path of a property of the entry event') });

export function isReference(input: unknown): boolean {
  return isMapping(input) && Object.hasOwn(input, 'entry');
}

const plain = json.refine((input) => !isReference(input), { abort: true });
const value = z.union([reference, plain], { error: meaning((input) => (isReference(input) ? 0 : 1)) });

const variable = z
  .string()
  .max(100)
  .regex(/^[A-Za-z][A-Za-z0-9_]*$/, { error: 'must be letters, digits and `_`' });

/** Values by name: as they stand, or properties of the entry event. */
export const values = z.record(variable, value);

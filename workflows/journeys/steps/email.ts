import { z } from 'zod';
import { json, key, path } from '../scalars';
import { closed, isMapping, meaning } from '../wording';
import { stepParts } from './step-parts';

/** A value for the template: as it stands, or a property of the entry event. */
const plain = json.refine((input) => !isReference(input), { abort: true });
const value = z.union([closed({ entry: path }), plain], {
  error: meaning((input) => (isReference(input) ? 0 : 1)),
});

function isReference(input: unknown): boolean {
  return isMapping(input) && Object.hasOwn(input, 'entry');
}

const variable = z.string().regex(/^[A-Za-z][A-Za-z0-9_]*$/, { error: 'must be letters, digits and `_`' });

export const email = closed(
  {
    ...stepParts,
    kind: z.literal('email'),
    template: key,
    send: z.literal('at-once').optional(),
    with: z.record(variable, value).optional(),
    next: key.optional(),
  },
  ['from', 'replyTo'],
);

export type EmailSource = z.infer<typeof email>;

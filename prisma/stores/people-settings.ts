import { z } from 'zod';
import { traitTypes } from '../../workflows/domain/people/typed-trait';

const name = z.string().trim().min(1).max(100);

/** A custom trait by the key it has in `traits`. */
export const trait = z.strictObject({
  key: z.string().min(1).max(200),
  name,
  type: z.enum(traitTypes),
  label: z.string().max(200).optional(),
});

/** An industry, or further names of a declared one. */
export const industry = z.strictObject({
  key: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and hyphens, at most 64'),
  name,
  also: z.array(name).max(200).default([]),
});

import { z } from 'zod';
import { json, key } from './scalars';

/** A template as it stands in a file, beside the journeys that send it. */
export const templateFile = z.strictObject({
  key,
  subject: z.string().min(1),
  html: z.string().min(1),
  text: z.string().optional(),
  class: z.enum(['marketing', 'transactional']),
  variables: z.record(z.string(), json).default({}),
});

export type TemplateFile = z.infer<typeof templateFile>;

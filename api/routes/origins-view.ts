import { z } from 'zod';

const origin = z.object({
  given: z.unknown().optional().meta({ description: 'As it was said, where it is stored in another form' }),
  from: z
    .enum(['company', 'enrichment', 'title', 'group', 'domain', 'hand'])
    .optional()
    .meta({ description: 'It follows from something else, or who said so' }),
  unclear: z.literal(true).optional().meta({ description: 'It could not be read: the value is as it was said' }),
});

/** Where values came from, by field; traits as `traits.<name>`. Fields that are simply as somebody said are missing. */
export const originsView = z.record(z.string(), origin);

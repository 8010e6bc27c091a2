import { Prisma } from '../../generated/client';

/**
 * Whether `y` is a newer run than `e`, of the same person, journey and key. Beside an open one it can only have come by a
 * merge: it made way, which its key says, or was over.
 */
export const isNewerRun = Prisma.sql`
  y.journey_key = e.journey_key and y.contact_id = e.contact_id and y.n <> e.n and y.entered_at >= e.entered_at
    and (y.entry_key = e.entry_key or starts_with(y.entry_key, e.entry_key || '/merged:'))`;

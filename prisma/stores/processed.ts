import { Prisma } from '../generated/client';

/**
 * That the event `e` is processed, in statements that go from contact to contact: processed events are those with a turn.
 * Said in the words of `event_did`, the index of everybody by type and instant, it would be searched for each contact once
 * for each instant in it, wherever PostgreSQL does not know the table yet: after a first import, or a restore.
 */
export const isProcessed = Prisma.sql`e.turn is not null`;

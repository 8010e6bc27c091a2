import type { Json } from '../../workflows/domain/json';
import type { DbOrTx } from '../client';

export interface TimelineRow {
  seq: bigint;
  turn: bigint | null;
  origin: string;
  type: string;
  occurredAt: Date;
  receivedAt: Date;
  properties: Json;
}

/** What happened to a contact, the last processed first, below the turn `after`. */
export async function readTimeline(
  db: DbOrTx,
  contactId: string,
  { after, limit }: { after: string | null; limit: number },
): Promise<TimelineRow[]> {
  const rows = await db.event.findMany({
    where: { contactId, turn: after === null ? { not: null } : { lt: BigInt(after) } },
    orderBy: { turn: 'desc' },
    take: limit,
    select: { seq: true, turn: true, origin: true, type: true, occurredAt: true, receivedAt: true, properties: true },
  });
  return rows.map((row) => ({ ...row, properties: row.properties as Json }));
}

import type { Json } from '../../../workflows/domain/json';
import { bucketOf } from '../../bucket';
import type { Tx } from '../../client';

export interface InsideEvent {
  type: string;
  /** Made of kind, subject and cause, so that each fact exists once. */
  messageId: string;
  contactId: string;
  properties: Record<string, Json>;
  sendId?: string;
  /** One more than what it follows from; the pump does not act on what is too far from anything outside. */
  hops: number;
  at: number;
}

/** A fact that follows from something: a row like any other event, processed in a later round. */
export async function insideEvent(tx: Tx, event: InsideEvent): Promise<void> {
  const key = `contact:${event.contactId}`;
  await tx.$executeRaw`
    insert into event (origin, message_id, type, keys, bucket, properties, send_id, occurred_at, hops)
    values ('inside', ${event.messageId}, ${event.type}, ${[key]}, ${bucketOf(key)}, ${JSON.stringify(event.properties)}::jsonb,
      ${event.sendId ?? null}::uuid, ${new Date(event.at)}, ${event.hops})
    on conflict (origin, message_id) do nothing`;
}

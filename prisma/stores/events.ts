import { createHash } from 'node:crypto';
import type { JsonObject } from '../../workflows/domain/json';
import type { Db, DbOrTx } from '../client';
import type { Channel } from '../listen';

/** An event on its way in. Keys are `kind:value`, the leading one first; they contain no line breaks. */
export interface NewEvent {
  origin: string;
  messageId: string;
  type: string;
  keys: string[];
  properties: JsonObject;
  traits: JsonObject;
  context: JsonObject;
  fromBrowser: boolean;
  occurredAt: Date;
  sendId?: string;
  hops?: number;
}

/** 0–63, from the leading key: events of one person wait in one queue. */
export function bucketOf(keys: readonly string[]): number {
  return (
    createHash('sha256')
      .update(keys[0] ?? '')
      .digest()
      .readUInt32BE(0) % 64
  );
}

const ATTEMPTS = 5;

/** As insertEvents, on a connection of its own: two batches with the same ids in another order may block each other. */
export async function acceptEvents(db: Db, events: readonly NewEvent[]): Promise<Set<string>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await insertEvents(db, events);
    } catch (error) {
      if (attempt === ATTEMPTS || !isDeadlock(error)) throw error;
    }
  }
}

/**
 * Stores events in their order, each once by origin and message id: one statement, all or nothing.
 * Answers the message ids that were new. Announce them after the commit.
 */
export async function insertEvents(db: DbOrTx, events: readonly NewEvent[]): Promise<Set<string>> {
  if (events.length === 0) return new Set();
  const column = <T>(of: (event: NewEvent) => T): T[] => events.map(of);
  const rows = await db.$queryRaw<{ message_id: string }[]>`
    INSERT INTO event (origin, message_id, type, keys, bucket, properties, traits, context, from_browser, occurred_at,
                       send_id, hops)
    SELECT origin, message_id, type, string_to_array(keys, E'\n'), bucket, properties::jsonb, traits::jsonb,
           context::jsonb, from_browser, occurred_at::timestamptz, send_id::uuid, hops
    FROM unnest(
      ${column((event) => event.origin)}::text[],
      ${column((event) => event.messageId)}::text[],
      ${column((event) => event.type)}::text[],
      ${column((event) => event.keys.join('\n'))}::text[],
      ${column((event) => bucketOf(event.keys))}::int[],
      ${column((event) => JSON.stringify(event.properties))}::text[],
      ${column((event) => JSON.stringify(event.traits))}::text[],
      ${column((event) => JSON.stringify(event.context))}::text[],
      ${column((event) => event.fromBrowser)}::boolean[],
      ${column((event) => event.occurredAt.toISOString())}::text[],
      ${column((event) => event.sendId ?? null)}::text[],
      ${column((event) => event.hops ?? 0)}::int[]
    ) WITH ORDINALITY AS item (origin, message_id, type, keys, bucket, properties, traits, context, from_browser,
                               occurred_at, send_id, hops, place)
    ORDER BY place
    ON CONFLICT (origin, message_id) DO NOTHING
    RETURNING message_id`;
  return new Set(rows.map((row) => row.message_id));
}

function isDeadlock(error: unknown): boolean {
  return JSON.stringify(error, Object.getOwnPropertyNames(error ?? {})).includes('40P01');
}

/** At most one notification in this time: a busy inlet must not knock for each event. */
const QUIET_MS = 20;

/**
 * Tells the pumps (`nurture_event`) or the dispatchers (`nurture_dispatch`) that there is work. Call it after the
 * commit; a lost notification costs a second, not an event.
 */
export function createAnnouncer(db: Db, channel: Channel): () => void {
  let last = -Infinity;
  let pending = false;
  const notify = (): void => {
    pending = false;
    last = performance.now();
    db.$executeRaw`SELECT pg_notify(${channel}, '')`.catch(() => undefined); // they also look by themselves
  };
  return () => {
    if (pending) return;
    pending = true;
    const wait = last + QUIET_MS - performance.now();
    if (wait <= 0) notify();
    else setTimeout(notify, wait).unref();
  };
}

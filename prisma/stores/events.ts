import type { JsonObject } from '../../workflows/domain/json';
import { bucketOf } from '../bucket';
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

const ATTEMPTS = 5;

/** As insertEvents, as a statement of its own, which is tried again where it was blocked. */
export async function acceptEvents(db: Db, events: readonly NewEvent[]): Promise<Set<string>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await insertEvents(db, events);
    } catch (error) {
      if (attempt === ATTEMPTS || !isBlocked(error)) throw error;
    }
  }
}

/**
 * Stores events, each once by origin and message id: one statement, all or nothing. Answers the message ids that were
 * new. Announce them after the commit.
 *
 * They are numbered and stamped in their own order and written in that of their ids: batches that share ids wait for
 * each other instead of blocking each other.
 */
export async function insertEvents(db: DbOrTx, events: readonly NewEvent[]): Promise<Set<string>> {
  if (events.length === 0) return new Set();
  const column = <T>(of: (event: NewEvent) => T): T[] => events.map(of);
  const rows = await db.$queryRaw<{ message_id: string }[]>`
    INSERT INTO event (seq, received_at, origin, message_id, type, keys, bucket, properties, traits, context,
                       from_browser, occurred_at, send_id, hops)
    SELECT seq, received_at, origin, message_id, type, string_to_array(keys, E'\\n'), bucket, properties::jsonb,
           traits::jsonb, context::jsonb, from_browser, occurred_at::timestamptz, send_id::uuid, hops
    FROM (
      SELECT nextval(pg_get_serial_sequence('event', 'seq')) AS seq, clock_timestamp() AS received_at, item.*
      FROM unnest(
        ${column((event) => event.origin)}::text[],
        ${column((event) => event.messageId)}::text[],
        ${column((event) => event.type)}::text[],
        ${column((event) => event.keys.join('\n'))}::text[],
        ${column((event) => bucketOf(event.keys[0] ?? ''))}::int[],
        ${column((event) => JSON.stringify(event.properties))}::text[],
        ${column((event) => JSON.stringify(event.traits))}::text[],
        ${column((event) => JSON.stringify(event.context))}::text[],
        ${column((event) => event.fromBrowser)}::boolean[],
        ${column((event) => event.occurredAt.toISOString())}::text[],
        ${column((event) => event.sendId ?? null)}::text[],
        ${column((event) => event.hops ?? 0)}::int[]
      ) WITH ORDINALITY AS item (origin, message_id, type, keys, bucket, properties, traits, context, from_browser,
                                 occurred_at, send_id, hops, place)
      ORDER BY place OFFSET 0
    ) numbered
    ORDER BY origin COLLATE "C", message_id COLLATE "C", seq
    ON CONFLICT (origin, message_id) DO NOTHING
    RETURNING message_id`;
  return new Set(rows.map((row) => row.message_id));
}

/** A deadlock, or a lock that was waited for too long. */
function isBlocked(error: unknown): boolean {
  return error instanceof Error && /40P01|55P03/.test(error.message);
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

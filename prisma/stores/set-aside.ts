import type { Db } from '../client';
import { readParked, unparkDispatch, type ParkedDispatch } from './dispatch';

/** What could not be processed and waits for a person: the rest went on without it. */
export interface SetAside {
  events: SetAsideEvent[];
  dispatches: ParkedDispatch[];
}

export interface SetAsideEvent {
  seq: bigint;
  type: string;
  origin: string;
  messageId: string;
  error: string;
  receivedAt: Date;
}

const SHOWN = 100;

/** The oldest hundred of each. */
export async function readSetAside(db: Db): Promise<SetAside> {
  const events = await db.$queryRaw<SetAsideEvent[]>`
    select seq, type, origin, message_id as "messageId", error, received_at as "receivedAt"
    from event where not processed and error is not null order by seq limit ${SHOWN}::int`;
  return { events, dispatches: await readParked(db, SHOWN) };
}

/** Puts all of it back into the queues. An event keeps the instant at which it was accepted. */
export async function retrySetAside(db: Db): Promise<{ events: number; dispatches: number }> {
  const events = await db.$executeRaw`update event set error = null where not processed and error is not null`;
  const parked = await readParked(db, SHOWN);
  await unparkDispatch(
    db,
    parked.map(({ id }) => id),
  );
  await db.$executeRaw`select pg_notify('nurture_event', ''), pg_notify('nurture_dispatch', '')`;
  return { events, dispatches: parked.length };
}

import type { JsonObject } from '../../workflows/domain/json';
import type { Db } from '../client';
import { readParked, unparkDispatch, type ParkedDispatch } from './dispatch';

/** What could not be processed and waits for a person: the rest went on without it. */
export interface SetAside {
  events: SetAsideEvent[];
  dispatches: ParkedDispatch[];
  facts: SetAsideFact[];
}

export interface SetAsideEvent {
  seq: bigint;
  type: string;
  origin: string;
  messageId: string;
  error: string;
  receivedAt: Date;
}

/** What a provider told of a mail, and nothing followed from. */
export interface SetAsideFact {
  id: string;
  provider: string;
  type: string;
  error: string;
  createdAt: Date;
}

const SHOWN = 100;

/** The oldest hundred of each. */
export async function readSetAside(db: Db): Promise<SetAside> {
  const events = await db.$queryRaw<SetAsideEvent[]>`
    select seq, type, origin, message_id as "messageId", error, received_at as "receivedAt"
    from event where not processed and error is not null order by seq limit ${SHOWN}::int`;
  const facts = await db.$queryRaw<SetAsideFact[]>`
    select id, provider, type, error, created_at as "createdAt"
    from provider_event where error is not null order by id limit ${SHOWN}::int`;
  return { events, dispatches: await readParked(db, SHOWN), facts };
}

/** Puts all events and dispatches back into their queues. An event keeps the instant at which it was accepted. */
export async function retrySetAside(db: Db): Promise<{ events: number; dispatches: number }> {
  const events = await db.$executeRaw`update event set error = null where not processed and error is not null`;
  const dispatches = await unparkDispatch(db);
  await db.$executeRaw`select pg_notify('nurture_event', ''), pg_notify('nurture_dispatch', '')`;
  return { events, dispatches };
}

/** A fact as it was stored, to be read again. */
export interface FailedFact {
  id: string;
  provider: string;
  dedupKey: string;
  type: string;
  payload: JsonObject;
  createdAt: Date;
}

/** The next facts that failed, oldest first. */
export function readFailedFacts(db: Db, after: string | null): Promise<FailedFact[]> {
  return db.$queryRaw<FailedFact[]>`
    select id, provider, dedup_key as "dedupKey", type, payload, created_at as "createdAt"
    from provider_event where error is not null and (${after}::uuid is null or id > ${after}::uuid)
    order by id limit ${SHOWN}::int`;
}

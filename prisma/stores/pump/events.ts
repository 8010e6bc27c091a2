import { startingNobody } from '../../../workflows/domain/entries/starts-nobody';
import type { JsonObject } from '../../../workflows/domain/json';
import type { Db, DbOrTx, Tx } from '../../client';
import { Prisma } from '../../generated/client';

/** Which part of the queue: buckets whose number leaves `group` when divided by `groups`. */
export interface BucketGroup {
  group: number;
  groups: number;
}

/** What identities are resolved from. */
export interface KeyedEvent {
  seq: bigint;
  /** `kind:value`, the leading one first. */
  keys: string[];
  /** An address among its traits is a key too. */
  address: string | null;
  /** The group that its traits name. */
  groupId: string | null;
  /** The address that somebody wrote into the contact, where it tells of that. */
  newAddress: string | null;
  fromBrowser: boolean;
  /** By `startsNobody`. */
  startsNobody?: boolean;
  hops: number;
}

export interface EventRow extends KeyedEvent {
  origin: string;
  type: string;
  properties: JsonObject;
  traits: JsonObject;
  context: JsonObject;
  occurredAt: Date;
  receivedAt: Date;
  sendId: string | null;
}

/** What says which company a contact is of, besides the address. */
const companyWords = Prisma.sql`
  traits->'group'->>'id' as "groupId",
  case when origin = 'inside' and type = 'contact.updated' then properties->'values'->>'email' end as "newAddress"`;

/** As `startsNobody` of the domain says. */
const startsNobody = Prisma.sql`
  origin in ('import', 'inside') and coalesce(context->'import'->'journeys' = 'false', false) as "startsNobody"`;

/** The next events of a bucket group, first to last by seq. */
export function peekUnprocessed(
  db: DbOrTx,
  { group, groups }: BucketGroup,
  { after, limit }: { after: bigint; limit: number },
): Promise<KeyedEvent[]> {
  return db.$queryRaw<KeyedEvent[]>`
    select seq, keys, traits->>'email' as address, ${companyWords}, from_browser as "fromBrowser", ${startsNobody}, hops::int
    from event
    where not processed and error is null and seq > ${after} and bucket % ${groups}::int = ${group}::int
    order by seq limit ${limit}::int`;
}

/** Those of the named events that are still to be processed, in full. */
export function readUnprocessed(tx: Tx, seqs: readonly bigint[]): Promise<EventRow[]> {
  return tx.$queryRaw<EventRow[]>`
    select seq, origin, type, keys, traits->>'email' as address, ${companyWords}, from_browser as "fromBrowser", hops::int,
           properties, traits, context, occurred_at as "occurredAt", received_at as "receivedAt", send_id as "sendId"
    from event
    where seq = any(${seqs}::bigint[]) and not processed and error is null
    order by seq`;
}

/** How many of the named events are still to be processed. */
export async function countUnprocessed(tx: Tx, seqs: readonly bigint[]): Promise<number> {
  const [row] = await tx.$queryRaw<{ count: number }[]>`
    select count(*)::int as count from event where seq = any(${seqs}::bigint[]) and not processed and error is null`;
  return row?.count ?? 0;
}

/** The next places in the order of processing. Ask for them under the contacts' locks. */
export async function takeTurns(tx: Tx, count: number): Promise<bigint[]> {
  const rows = await tx.$queryRaw<{ turn: bigint }[]>`
    select nextval('turn_seq') as turn from generate_series(1, ${count}::int) order by 1`;
  return rows.map(({ turn }) => turn);
}

export interface Processed {
  seq: bigint;
  turn: bigint;
  contactId: string;
  /** What its keys disagreed on. */
  conflict: JsonObject | null;
}

export async function markProcessed(tx: Tx, events: readonly Processed[]): Promise<void> {
  const columns = {
    seqs: events.map(({ seq }) => seq),
    turns: events.map(({ turn }) => turn),
    contacts: events.map(({ contactId }) => contactId),
    conflicts: events.map(({ conflict }) => conflict && JSON.stringify({ conflict })),
  };
  await tx.$executeRaw`
    update event e
    set processed = true, turn = x.turn, contact_id = x.contact_id,
        context = case when x.conflict is null then e.context else e.context || x.conflict::jsonb end
    from unnest(${columns.seqs}::bigint[], ${columns.turns}::bigint[], ${columns.contacts}::uuid[],
                ${columns.conflicts}::text[]) as x(seq, turn, contact_id, conflict)
    where e.seq = x.seq`;
}

/** Takes one event out of the queue for good: shown with its error, retried on request. */
export async function markPoisoned(db: Db, seq: bigint, error: string): Promise<void> {
  await db.$executeRaw`
    update event set error = ${error.replaceAll('\0', '')} where seq = ${seq} and not processed`;
}

/** A fact that follows from an event; its message id makes it exist once. */
export interface InsideRow {
  messageId: string;
  type: string;
  contactId: string;
  bucket: number;
  properties: JsonObject;
  hops: number;
  /** When it happened, epoch milliseconds; now, unless it says so. */
  at?: number;
  /** It opens no journey, as what it follows from. */
  startsNobody?: boolean;
}

/** Facts that follow from events. Each exists once: one that is there already stays as it is. */
export async function insertInside(tx: Tx, rows: readonly InsideRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.$executeRaw`
    insert into event (origin, message_id, type, keys, bucket, properties, context, occurred_at, hops)
    select 'inside', x.message_id, x.type, array['contact:' || x.contact_id], x.bucket, x.properties::jsonb,
           x.context::jsonb, coalesce(x.at, clock_timestamp()), x.hops
    from unnest(${rows.map((row) => row.messageId)}::text[], ${rows.map((row) => row.type)}::text[],
                ${rows.map((row) => row.contactId)}::text[], ${rows.map((row) => row.bucket)}::int[],
                ${rows.map((row) => JSON.stringify(row.properties))}::text[],
                ${rows.map((row) => JSON.stringify(row.startsNobody ? startingNobody : {}))}::text[],
                ${rows.map((row) => row.hops)}::int[],
                ${rows.map(({ at }) => (at === undefined ? null : new Date(at)))}::timestamptz[])
      with ordinality as x(message_id, type, contact_id, bucket, properties, context, hops, at, i)
    order by x.i
    on conflict (origin, message_id) do nothing`;
}

/** The traits of these events, first to last. */
export function readTraits(db: DbOrTx, seqs: readonly bigint[]): Promise<{ seq: bigint; traits: JsonObject }[]> {
  return db.$queryRaw<{ seq: bigint; traits: JsonObject }[]>`
    select seq, traits from event where seq = any(${seqs}::bigint[]) order by seq`;
}

import { v7 } from 'uuid';
import { withdrawnOf, type StandingOptOut } from '../../workflows/domain/consent/consent';
import type { DbOrTx, Tx } from '../client';
import { Prisma } from '../generated/client';
import { addressesSql, addressLock, personKeySql } from './addresses';

/** What a contact agreed to, or took back. */
export interface NewConsent {
  contactId: string;
  channel: string;
  topic: string;
  state: 'given' | 'withdrawn';
  text: string | null;
  source: string | null;
  /** The event that said so; it says each thing once. */
  eventSeq: bigint | null;
  /** Epoch milliseconds. */
  at: number;
}

export async function insertConsents(tx: Tx, rows: readonly NewConsent[]): Promise<void> {
  if (rows.length === 0) return;
  const data = rows.map(({ at, ...row }) => ({ id: v7(), ...row, at: new Date(at) }));
  await tx.consent.createMany({ data, skipDuplicates: true });
}

export interface AddressLocked {
  contactId: string;
  locked: boolean;
}

/**
 * Takes the locks of every address of these contacts exclusively where they are free. Contacts are locked before it.
 * Answers those of whose addresses somebody else is working on one.
 */
export async function lockFreeAddresses(tx: Tx, contactIds: readonly string[]): Promise<Set<string>> {
  const rows = await tx.$queryRaw<AddressLocked[]>`
    with asked as materialized (
      select person, hash from (${addressesSql(peopleSql(contactIds))}) a where channel = 'email')
    select person as "contactId", pg_try_advisory_xact_lock(${addressLock(Prisma.sql`hash`)}) as locked from asked`;
  return new Set(rows.filter(({ locked }) => !locked).map(({ contactId }) => contactId));
}

function peopleSql(contactIds: readonly string[]): Prisma.Sql {
  return Prisma.sql`(select id from unnest(${contactIds}::uuid[]) x(id))`;
}

export interface OptOutOfAddress extends StandingOptOut {
  /** Or the key of the person. */
  addressHash: string;
}

/** What stands against mail to these addresses and persons. */
export async function readStanding(db: DbOrTx, keys: readonly string[]): Promise<OptOutOfAddress[]> {
  const where = { addressHash: { in: [...keys] }, channel: 'email' };
  const rows = await db.suppression.findMany({ where, orderBy: [{ addressHash: 'asc' }, { scope: 'asc' }] });
  return rows.map(({ addressHash, scope, reason, at }) => ({ addressHash, scope, reason, at: at.getTime() }));
}

/**
 * By contact, what stands against mail to them as a person, and at every address of theirs. Read it under the locks of
 * the contacts and of the addresses.
 */
export async function readStandingOf(tx: Tx, contactIds: readonly string[]): Promise<Map<string, OptOutOfAddress[]>> {
  const rows = await tx.$queryRaw<(Omit<OptOutOfAddress, 'at'> & { person: string; at: Date })[]>`
    with own as materialized (
      select person, hash as key from (${addressesSql(peopleSql(contactIds))}) a where channel = 'email'
      union all select id, ${personKeySql(Prisma.sql`id`)} from ${peopleSql(contactIds)} p)
    select o.person, s.address_hash as "addressHash", s.scope, s.reason, s.at
    from own o join suppression s on s.address_hash = o.key and s.channel = 'email'
    order by s.address_hash, s.scope`;
  const found = new Map<string, OptOutOfAddress[]>(contactIds.map((id) => [id, []]));
  for (const { person, at, ...row } of rows) found.get(person)?.push({ ...row, at: at.getTime() });
  return found;
}

/** By contact, what they last took back of mail, by the ledger. Read it under the locks of the contacts. */
export async function readWithdrawn(tx: Tx, contactIds: readonly string[]): Promise<Map<string, StandingOptOut[]>> {
  const where = { contactId: { in: [...contactIds] }, channel: 'email', state: 'withdrawn' };
  const rows = await tx.consent.groupBy({ by: ['contactId', 'topic'], where, _max: { at: true } });
  const found = new Map<string, StandingOptOut[]>(contactIds.map((id) => [id, []]));
  for (const { contactId, topic, _max } of rows)
    if (_max.at) found.get(contactId)?.push(withdrawnOf({ topic, at: _max.at.getTime() }));
  return found;
}

/** How often each of them agreed to mail so far, by the ledger. Read it under the locks of the contacts. */
export async function countGiven(tx: Tx, contactIds: readonly string[]): Promise<Map<string, number>> {
  const where = { contactId: { in: [...contactIds] }, channel: 'email', state: 'given' };
  const rows = await tx.consent.groupBy({ by: ['contactId'], where, _count: true });
  return new Map(rows.map(({ contactId, _count }) => [contactId, _count]));
}

/** An opt-out that a later consent ends. */
export interface OptOutLift {
  addressHash: string;
  scope: string;
}

/** Ends opt-outs from mail that the person made. Under the locks of the contact and of the address. */
export async function liftOptOuts(tx: Tx, rows: readonly OptOutLift[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.$executeRaw`
    delete from suppression s
    using unnest(${rows.map((row) => row.addressHash)}::text[], ${rows.map((row) => row.scope)}::text[]) x(hash, scope)
    where s.address_hash = x.hash and s.scope = x.scope and s.channel = 'email' and s.reason = 'unsubscribed'`;
}

export interface ConsentRow {
  id: string;
  channel: string;
  topic: string;
  state: 'given' | 'withdrawn';
  text: string | null;
  source: string | null;
  at: Date;
}

/** What a contact agreed to and took back, as it was written down, the newest first, below the id `after`. */
export async function listConsents(
  db: DbOrTx,
  contactId: string,
  { after, limit }: { after: string | null; limit: number },
): Promise<ConsentRow[]> {
  const rows = await db.consent.findMany({
    where: { contactId, ...(after !== null && { id: { lt: after } }) },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map(rowOf);
}

/** The last word on each channel and topic. */
export async function readLastConsents(db: DbOrTx, contactId: string): Promise<ConsentRow[]> {
  const rows = await db.consent.findMany({
    where: { contactId },
    distinct: ['channel', 'topic'],
    orderBy: [{ channel: 'asc' }, { topic: 'asc' }, { at: 'desc' }, { id: 'desc' }],
  });
  return rows.map(rowOf);
}

function rowOf({ state, ...row }: Awaited<ReturnType<Tx['consent']['findUniqueOrThrow']>>): ConsentRow {
  const { id, channel, topic, text, source, at } = row;
  return { id, channel, topic, text, source, at, state: state === 'given' ? 'given' : 'withdrawn' };
}

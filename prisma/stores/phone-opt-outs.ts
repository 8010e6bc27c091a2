import type { Json } from '../../workflows/domain/json';
import { ownWords, personKey } from '../../workflows/domain/sending/opt-out';
import { addressHash } from '../address';
import type { Tx } from '../client';
import { Prisma } from '../generated/client';
import { addressesSql, lockAddresses } from './addresses';
import type { SuppressionReason } from './suppressions';

export interface PhoneOptOut {
  /** E.164; null where the person has no number, yet. */
  phone: string | null;
  /** Whose it is, or was when they were written to; locked. */
  contactIds?: readonly string[];
  reason: SuppressionReason;
  /** When it was said, if that is not now. */
  at?: Date;
  /** Evidence; ids rather than personal data. */
  source: Record<string, Json>;
}

/**
 * Opts a number out of SMS; journeys go on by their other channels. What people said themselves holds for every number of
 * theirs, also a later one. Takes the address locks exclusively: a begin either came first or sees it.
 */
export async function suppressPhone(tx: Tx, it: PhoneOptOut): Promise<void> {
  const people = ownWords.includes(it.reason) ? (it.contactIds ?? []) : [];
  const keys = await lockKeys(tx, it.phone, people);
  const at = it.at ?? new Date();
  await tx.$executeRaw`
    insert into suppression (address_hash, channel, scope, reason, source, at)
    select key, 'sms', 'global', ${it.reason}, ${JSON.stringify(it.source)}::jsonb, ${at} from unnest(${keys}::text[]) key
    on conflict (address_hash, channel, scope) do nothing`;
}

/** They asked for messages again: their own opt-out ends, and nothing else. */
export async function liftPhone(tx: Tx, phone: string, contactIds: readonly string[]): Promise<void> {
  const keys = await lockKeys(tx, phone, contactIds);
  const where = { addressHash: { in: keys }, channel: 'sms', scope: 'global', reason: 'unsubscribed' };
  await tx.suppression.deleteMany({ where });
}

/** The number, the numbers of these people, and they themselves, as suppressions are kept. */
async function lockKeys(tx: Tx, phone: string | null, contactIds: readonly string[]): Promise<string[]> {
  const people = Prisma.sql`unnest(${contactIds}::uuid[])`;
  const rows = await tx.$queryRaw<{ hash: string }[]>`
    select distinct hash from (${addressesSql(Prisma.sql`(select id from ${people} x(id))`)}) a where channel = 'sms'`;
  const hashes = [phone === null ? [] : addressHash(phone), rows.map(({ hash }) => hash)].flat();
  await lockAddresses(tx, hashes);
  return [...new Set(hashes), ...contactIds.map(personKey)];
}

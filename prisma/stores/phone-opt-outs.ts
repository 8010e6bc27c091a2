import type { Json } from '../../workflows/domain/json';
import { addressHash } from '../address';
import type { Tx } from '../client';
import type { SuppressionReason } from './suppressions';

export interface PhoneOptOut {
  /** E.164. */
  phone: string;
  reason: SuppressionReason;
  /** Evidence; ids rather than personal data. */
  source: Record<string, Json>;
}

/**
 * Opts a number out of SMS; journeys go on by their other channels. Takes the address lock exclusively: a begin either
 * came first or sees it. Contacts are locked before it.
 */
export async function suppressPhone(tx: Tx, { phone, reason, source }: PhoneOptOut): Promise<void> {
  const hash = await lockPhone(tx, phone);
  await tx.$executeRaw`
    insert into suppression (address_hash, channel, scope, reason, source)
    values (${hash}, 'sms', 'global', ${reason}, ${JSON.stringify(source)}::jsonb)
    on conflict (address_hash, channel, scope) do nothing`;
}

/** The person asked for messages again: their own opt-out ends, and nothing else. */
export async function liftPhone(tx: Tx, phone: string): Promise<void> {
  const addressHash = await lockPhone(tx, phone);
  await tx.suppression.deleteMany({ where: { addressHash, channel: 'sms', scope: 'global', reason: 'unsubscribed' } });
}

async function lockPhone(tx: Tx, phone: string): Promise<string> {
  const hash = addressHash(phone);
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('address:' || ${hash}, 0))`;
  return hash;
}

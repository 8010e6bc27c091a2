import type { Channel, SendingStep } from '../../../../workflows/domain/sending/channel';
import { personKey } from '../../../../workflows/domain/sending/opt-out';
import { barredOn, recipientOf, type Recipient } from '../../../../workflows/domain/sending/recipient';
import type { Tx } from '../../../client';
import { isSuppressed, type SuppressionFound } from '../../suppressions';
import type { EffectContext } from '../context';

/** `internal`: to staff. Nobody opts out of that, and no cap counts it. */
export type SendClass = 'marketing' | 'transactional' | 'internal';

/** Where a message goes, as things stand under the lock. */
export function recipientIn({ reading, settings }: EffectContext, step: SendingStep, channel: Channel): Recipient {
  const { contactId, email, phone, owner } = reading;
  const { reps, teams } = settings;
  return recipientOf(step, channel, { contactId, email, phone, owner, reps, teams });
}

/** Whom a message goes to, as opt-outs are kept: the address, where there is one, and the person. */
export interface Barrable {
  /** Of the address whose owner may have opted out. */
  hash: string | null;
  /** Null where what the contact said no to does not count. */
  contactId: string | null;
}

/** What bars a message on a channel. */
export async function suppressionOf(
  tx: Tx,
  { hash, contactId }: Barrable,
  about: { channel: Channel; topic: string | null; class: string },
): Promise<SuppressionFound | null> {
  const { channel, reasons } = barredOn(about.channel);
  const keys = [hash ?? [], contactId === null ? [] : personKey(contactId)].flat();
  if (keys.length === 0) return null;
  const kind = about.class === 'transactional' ? 'transactional' : 'marketing';
  return isSuppressed(tx, keys, { channel, topic: about.topic, class: kind, reasons });
}

import type { Channel, SendingStep } from '../../../../workflows/domain/sending/channel';
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

/** What bars a message on a channel, by the hash of the address whose owner may have opted out; null: nobody can. */
export async function suppressionOf(
  tx: Tx,
  hash: string | null,
  about: { channel: Channel; topic: string | null; class: string },
): Promise<SuppressionFound | null> {
  const { channel, reasons } = barredOn(about.channel);
  if (hash === null) return null;
  const kind = about.class === 'transactional' ? 'transactional' : 'marketing';
  return isSuppressed(tx, hash, { channel, topic: about.topic, class: kind, reasons });
}

import { channelsOf, type Channel } from '../../../../workflows/domain/sending/channel';
import { recipientOf } from '../../../../workflows/domain/sending/recipient';
import type { EffectDeps } from '../context';
import { readSendingStep } from './step';

/** A channel of a step, and where it leads: enough to choose the transport by. The claim decides under the lock. */
export interface WayOut {
  channel: Channel;
  address: string | null;
}

export async function readWays(
  { db, settings }: EffectDeps,
  asked: { enrollmentId: string; stepId: string },
): Promise<WayOut[]> {
  const step = await readSendingStep(db, asked);
  // It was moved to another version meanwhile: any claim tells the run where it stands.
  if (!step) return [{ channel: 'email', address: null }];
  const { reps, teams } = await settings();
  const [contact] = await db.$queryRaw<
    { contactId: string; email: string | null; phone: string | null; owner: string | null }[]
  >`
    select c.id as "contactId", c.email, c.phone, c.owner
    from enrollment e join contact c on c.id = e.contact_id where e.id = ${asked.enrollmentId}::uuid`;
  if (!contact) throw new Error(`no enrollment ${asked.enrollmentId}`);
  const addressees = { ...contact, reps, teams };
  return channelsOf(step).map((channel) => ({ channel, address: recipientOf(step, channel, addressees).address }));
}

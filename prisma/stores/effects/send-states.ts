import type { Tx } from '../../client';
import { raiseSend, type Raise } from './send/raise';

/**
 * What a provider says about a send, as part of the caller's transaction. Takes the lock of the send's contact: contacts
 * come before addresses, so call it before any address lock. Unknown sends are ignored; answers whether the state rose.
 */
export async function providerEvent(tx: Tx, event: Omit<Raise, 'at'> & { at?: number }): Promise<boolean> {
  await tx.$queryRaw`
    select id from contact where id = (select contact_id from send where id = ${event.sendId}::uuid) for no key update`;
  return raiseSend(tx, { ...event, at: event.at ?? Date.now() });
}

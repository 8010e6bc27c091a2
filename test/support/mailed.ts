import { v7 } from 'uuid';
import type { Db } from '../../prisma/client';
import { newToken, trackLinks } from '../../prisma/stores/links';
import { aContact } from '../api/people';

/** Somebody who got a mail with one link. */
export interface Mailed {
  contactId: string;
  sendId: string;
  /** `/c/<token>`. */
  link: string;
}

export async function mailed(db: Db, email: string, url: string): Promise<Mailed> {
  const contactId = await aContact(db, { email });
  const sendId = v7();
  const of = { contactId, channel: 'email', visit: 1, stepId: 'offer', journeyKey: 'notes', state: 'accepted' };
  await db.send.create({ data: { id: sendId, key: sendId, ...of, unsubscribeToken: newToken() } });
  const [token = ''] = await trackLinks(db, sendId, [url]);
  return { contactId, sendId, link: `/c/${token}` };
}

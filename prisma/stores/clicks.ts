import { v7 } from 'uuid';
import type { Db } from '../client';
import { acceptEvents } from './events';
import { findClickLink, type ClickLinkFound } from './links';

export type Followed = Pick<ClickLinkFound, 'url' | 'sendId'>;

/**
 * Where a tracked link leads, and of which send it is; the click is recorded on the way. Null if there is no such link.
 * `machine`: what asked is certainly no person.
 */
export async function followLink(
  db: Db,
  token: string,
  { at, machine }: { at: Date; machine: boolean },
): Promise<Followed | null> {
  const link = await findClickLink(db, token);
  if (!link) return null;
  const { url, sendId, contactId } = link;
  await acceptEvents(db, [
    {
      origin: 'click',
      messageId: v7(),
      type: 'email.clicked',
      keys: [`contact:${contactId}`],
      properties: { url, machine },
      traits: {},
      context: {},
      fromBrowser: false,
      occurredAt: at,
      sendId,
    },
  ]);
  return { url, sendId };
}

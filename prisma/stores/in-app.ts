import type { JsonObject } from '../../workflows/domain/json';
import { inTransaction, type Db, type DbOrTx } from '../client';
import { providerEvent } from './effects/send-states';
import { insertEvents } from './events';

/** A message in the inbox of a site or an app. */
export interface InAppRow {
  id: string;
  title: string | null;
  text: string | null;
  url: string | null;
  shownAt: Date | null;
  readAt: Date | null;
  clickedAt: Date | null;
  createdAt: Date;
}

/** Puts a message into the inbox of its send's contact; a second time has no effect. */
export async function putInInbox(db: DbOrTx, sendId: string, payload: JsonObject | null): Promise<void> {
  const text = (name: string): string | null => {
    const value = payload?.[name];
    return typeof value === 'string' ? value : null;
  };
  await db.$executeRaw`
    insert into in_app_message (send_id, contact_id, title, text, url)
    select id, contact_id, ${text('title')}, ${text('text')}, ${text('url')} from send where id = ${sendId}::uuid
    on conflict (send_id) do nothing`;
}

/** A user's messages, newest first, below the id `after`. */
export async function listInbox(
  db: DbOrTx,
  contactId: string,
  { unread, after, limit }: { unread: boolean; after: string | null; limit: number },
): Promise<InAppRow[]> {
  const rows = await db.inAppMessage.findMany({
    where: { contactId, ...(unread && { readAt: null }), ...(after !== null && { sendId: { lt: after } }) },
    orderBy: { sendId: 'desc' },
    take: limit,
  });
  return rows.map(({ sendId: id, contactId: _, ...row }) => ({ id, ...row }));
}

/** What a user does with a message of the inbox; a click reads it, and whoever reads has been shown it. */
export const inboxDeeds = ['shown', 'read', 'clicked'] as const;
export type InboxDeed = (typeof inboxDeeds)[number];

/** Records what a user did; false if the message is not theirs. Once more says nothing new. */
export async function markInbox(
  db: Db,
  it: { contactId: string; sendId: string; deed: InboxDeed; at: Date },
): Promise<boolean> {
  const { contactId, sendId, deed, at } = it;
  const done = inboxDeeds.slice(0, inboxDeeds.indexOf(deed) + 1);
  return inTransaction(db, async (tx) => {
    const where = { sendId, contactId };
    if ((await tx.inAppMessage.count({ where })) === 0) return false;
    await providerEvent(tx, { sendId, state: 'delivered', providerMessageId: null, at: at.getTime() });
    const [message] = await tx.$queryRaw<{ url: string | null }[]>`
      update in_app_message set shown_at = coalesce(shown_at, ${at}),
        read_at = case when ${done.includes('read')} then coalesce(read_at, ${at}) else read_at end,
        clicked_at = case when ${done.includes('clicked')} then coalesce(clicked_at, ${at}) else clicked_at end
      where send_id = ${sendId}::uuid and contact_id = ${contactId}::uuid returning url`;
    if (!message) return false;
    const { url } = message;
    await insertEvents(
      tx,
      done.map((each) => ({
        origin: 'in-app',
        messageId: `${each}:${sendId}`,
        type: `message.${each}`,
        keys: [`contact:${contactId}`],
        properties: { channel: 'in-app', ...(each === 'clicked' && url !== null && { url }) },
        traits: {},
        context: {},
        fromBrowser: false,
        occurredAt: at,
        sendId,
      })),
    );
    return true;
  });
}

import { inTransaction, type Db } from '../client';
import { isDatabaseAway } from '../database-away';
import { countGiven } from './consents';
import { insertEvents, type NewEvent } from './events';
import { findUnsubscribeLink, type UnsubscribeLinkFound } from './links';
import { suppress } from './suppressions';

export interface UnsubscribeRequest {
  /** What it is from: mails like the one with the link, or all. */
  from: 'topic' | 'all';
  /** By the mail program's own button, RFC 8058. */
  oneClick: boolean;
  at: Date;
}

/** Mail programs press their button once: a lock that is busy for a moment must not lose it. */
const ATTEMPTS = 3;

/** Opts out whom a link belongs to, at once. Once more says nothing new; a token that is none changes nothing. */
export async function unsubscribe(db: Db, token: string, request: UnsubscribeRequest): Promise<'done' | 'unknown'> {
  const link = await findUnsubscribeLink(db, token);
  if (!link) return 'unknown';
  for (let attempt = 1; ; attempt += 1) {
    try {
      await optOut(db, link, request);
      return 'done';
    } catch (error) {
      if (attempt === ATTEMPTS || !isDatabaseAway(error)) throw error;
    }
  }
}

async function optOut(db: Db, link: UnsubscribeLinkFound, request: UnsubscribeRequest): Promise<void> {
  const topic = request.from === 'topic' ? link.topic : null;
  await inTransaction(db, async (tx) => {
    const { contactIds } = await suppress(tx, {
      of: { addressHash: link.addressHash },
      channel: 'email',
      scope: topic === null ? 'global' : `topic:${topic}`,
      reason: 'unsubscribed',
      source: { origin: 'link', sendId: link.sendId, oneClick: request.oneClick, at: request.at.toISOString() },
      contactId: link.contactId,
      at: request.at,
    });
    const given = await countGiven(tx, contactIds);
    await insertEvents(
      tx,
      contactIds.map((contactId) =>
        eventOf(link, { contactId, topic, consents: given.get(contactId) ?? 0, at: request.at }),
      ),
    );
  });
}

interface Leaving {
  contactId: string;
  topic: string | null;
  /** How often they had agreed to mail before. */
  consents: number;
  at: Date;
}

/** One for each person with the address and each scope: asking twice is one event, unless they agreed in between. */
function eventOf(link: UnsubscribeLinkFound, { contactId, topic, consents, at }: Leaving): NewEvent {
  return {
    origin: 'link',
    messageId: `unsubscribe:${link.sendId}:${topic ?? ''}:${contactId}:${consents}`,
    type: 'email.unsubscribed',
    keys: [`contact:${contactId}`],
    properties: topic === null ? {} : { topic },
    traits: {},
    context: {},
    fromBrowser: false,
    occurredAt: at,
    ...(contactId === link.contactId && { sendId: link.sendId }),
  };
}

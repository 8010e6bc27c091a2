import { v7 } from 'uuid';
import { addressHash } from '../../prisma/address';
import type { Db } from '../../prisma/client';
import { newToken, trackLinks } from '../../prisma/stores/links';

export interface SentMail {
  email: string;
  contactId: string;
  enrollmentId: string;
  sendId: string;
  unsubscribeToken: string;
  clickTokens: string[];
  providerMessageId: string;
}

interface Wishes {
  email?: string;
  topic?: string;
  state?: string;
  links?: string[];
}

/** A mail that went out of an open enrollment, captured, with what leads back from it. */
export async function aSentMail(db: Db, wishes: Wishes = {}): Promise<SentMail> {
  const contactId = v7();
  const { email = `lead-${contactId}@example.com`, topic = 'education', state = 'accepted' } = wishes;
  await db.contact.create({ data: { id: contactId, email } });
  const enrollmentId = await anEnrollmentOf(db, contactId, topic);
  const [sendId, unsubscribeToken, providerMessageId] = [v7(), newToken(), newToken()];
  const { journeyKey } = await db.enrollment.findUniqueOrThrow({ where: { id: enrollmentId } });
  await db.send.create({
    data: {
      id: sendId,
      key: `${enrollmentId}/1/email`,
      enrollmentId,
      visit: 1,
      stepId: 'hello',
      journeyKey,
      contactId,
      templateKey: 'hello',
      topic,
      state,
      address: email,
      addressHash: addressHash(email),
      unsubscribeToken,
      providerMessageId,
    },
  });
  await db.unsubscribeLink.create({
    data: { token: unsubscribeToken, addressHash: addressHash(email), contactId, sendId, topic },
  });
  await db.outbox.create({
    data: { sendId, to: email, subject: 'Hello', html: '<p>Hello</p>', text: 'Hello', headers: {} },
  });
  const clickTokens = await trackLinks(db, sendId, wishes.links ?? ['https://example.com/a', 'https://example.com/b']);
  return { email, contactId, enrollmentId, sendId, unsubscribeToken, clickTokens, providerMessageId };
}

async function anEnrollmentOf(db: Db, contactId: string, topic: string): Promise<string> {
  const [id, versionId] = [v7(), v7()];
  const journeyKey = `journey-${versionId}`;
  const version = { id: versionId, journeyKey, number: 1, source: '', document: {}, graph: { topic }, sha256: '' };
  await db.journeyVersion.create({ data: version });
  const position = { entryTurn: 0n, visit: 1, stepId: 'hello', enteredAt: new Date() };
  await db.enrollment.create({ data: { id, journeyKey, versionId, contactId, n: 1, ...position } });
  return id;
}

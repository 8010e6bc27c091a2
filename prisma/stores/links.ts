import { randomBytes } from 'node:crypto';
import { inTransaction, type Db, type DbOrTx } from '../client';

/** Where a click leads, and whose it is. */
export interface ClickLinkFound {
  url: string;
  sendId: string;
  contactId: string;
}

export interface UnsubscribeLinkFound {
  addressHash: string;
  contactId: string;
  sendId: string;
  topic: string | null;
}

/** 128 random bits, short enough for a List-Unsubscribe header that no relay encodes. */
export function newToken(): string {
  return randomBytes(16).toString('base64url');
}

/** Whether it could be a token of ours at all. */
export function isToken(text: string): boolean {
  return /^[A-Za-z0-9_-]{22}$/.test(text);
}

/**
 * Tokens for the links of one send, in their order. The same links get the same tokens again, so a mail that is
 * rendered twice is the same mail; a link that changed in between gets a token of its own, and the old one still works.
 */
export async function trackLinks(db: Db, sendId: string, urls: readonly string[]): Promise<string[]> {
  if (urls.length === 0) return [];
  const wanted = urls.map((url, position) => ({ token: newToken(), sendId, url, position }));
  await db.clickLink.createMany({ data: wanted, skipDuplicates: true });
  const stored = await linksOfSend(db, sendId);
  const isSame = urls.every((url, position) => stored[position]?.url === url);
  return isSame ? stored.slice(0, urls.length).map(({ token }) => token) : trackChangedLinks(db, sendId, urls);
}

async function trackChangedLinks(db: Db, sendId: string, urls: readonly string[]): Promise<string[]> {
  return inTransaction(db, async (tx) => {
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('links:' || ${sendId}, 0))`;
    const stored = await linksOfSend(tx, sendId);
    const taken = new Set<string>();
    const added: { token: string; sendId: string; url: string; position: number }[] = [];
    const tokens = urls.map((url) => {
      const known = stored.find((link) => link.url === url && !taken.has(link.token));
      const token = known?.token ?? newToken();
      if (!known) added.push({ token, sendId, url, position: stored.length + added.length });
      taken.add(token);
      return token;
    });
    await tx.clickLink.createMany({ data: added });
    return tokens;
  });
}

export async function findClickLink(db: DbOrTx, token: string): Promise<ClickLinkFound | null> {
  if (!isToken(token)) return null;
  const link = await db.clickLink.findUnique({ where: { token } });
  const send = link && (await db.send.findUnique({ where: { id: link.sendId }, select: { contactId: true } }));
  return send && { url: link.url, sendId: link.sendId, contactId: send.contactId };
}

/** The links of a send as their author wrote them, in their order. */
export async function linksOfSend(db: DbOrTx, sendId: string): Promise<{ token: string; url: string }[]> {
  return db.clickLink.findMany({ where: { sendId }, orderBy: { position: 'asc' }, select: { token: true, url: true } });
}

export async function findUnsubscribeLink(db: DbOrTx, token: string): Promise<UnsubscribeLinkFound | null> {
  if (!isToken(token)) return null;
  const { addressHash, contactId, sendId, topic } = (await db.unsubscribeLink.findUnique({ where: { token } })) ?? {};
  if (addressHash === undefined || contactId === undefined || sendId === undefined) return null;
  return { addressHash, contactId, sendId, topic: topic ?? null };
}

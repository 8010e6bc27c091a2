import { v7 } from 'uuid';
import { endedBy, EVERYTHING } from '../../workflows/domain/consent/consent';
import type { JsonObject } from '../../workflows/domain/json';
import { addressHash } from '../address';
import { bucketOf } from '../bucket';
import { inTransaction, type Db, type Tx } from '../client';
import { insertConsents, liftOptOuts, lockFreeAddresses, readStanding, readWithdrawn } from './consents';
import { insertEvents, type NewEvent } from './events';
import { lockContacts } from './pump/contacts';
import { insertInside, type InsideRow } from './pump/events';
import { suppressPhone } from './phone-opt-outs';
import { suppress } from './suppressions';

/** What somebody told an operator or a server about one contact. */
export interface ConsentSaid {
  channel: 'email' | 'sms';
  topic: string;
  text: string | null;
  source: string | null;
  at: Date;
}

/** Written; or the contact is gone; or somebody is working on the address right now. */
export type SayingOutcome = { kind: 'said'; lifted: string[] } | { kind: 'missing' } | { kind: 'busy' };

/** Writes down that a contact agreed, tells of it, and ends the opt-outs that it came after. */
export function giveConsent(db: Db, contactId: string, said: ConsentSaid): Promise<SayingOutcome> {
  return inTransaction(db, async (tx) => {
    await lockContacts(tx, [contactId]);
    const contact = await tx.contact.findFirst({ where: { id: contactId, erasedAt: null, mergedInto: null } });
    if (!contact) return { kind: 'missing' };
    if ((await lockFreeAddresses(tx, [{ contactId, address: null }])).size > 0) return { kind: 'busy' };
    await insertConsents(tx, [{ contactId, ...said, at: said.at.getTime(), state: 'given', eventSeq: null }]);
    const { topic, channel } = said;
    await tell(tx, contactId, { type: 'contact.consented', properties: { topic, channel } });
    const { email } = contact;
    const lifted = channel === 'email' && email !== null ? await lift(tx, { contactId, email }, said) : [];
    return { kind: 'said', lifted };
  });
}

async function lift(
  tx: Tx,
  { contactId, email }: { contactId: string; email: string },
  { topic, at }: ConsentSaid,
): Promise<string[]> {
  const standing = await readStanding(tx, [addressHash(email)]);
  const withdrawn = (await readWithdrawn(tx, [contactId])).get(contactId) ?? [];
  const { ended, backSince } = endedBy([{ topic, at: at.getTime() }], { standing, withdrawn });
  await liftOptOuts(tx, ended);
  if (backSince !== null) await tell(tx, contactId, { type: 'contact.resubscribed', properties: {}, at: backSince });
  return ended.map(({ scope }) => scope);
}

async function tell(tx: Tx, contactId: string, event: Pick<InsideRow, 'type' | 'properties' | 'at'>): Promise<void> {
  const messageId = `${event.type}:${contactId}:${v7()}`;
  await insertInside(tx, [{ ...event, messageId, contactId, bucket: bucketOf(`contact:${contactId}`), hops: 1 }]);
}

/** Opts a contact out of a topic, or of all: as if they had done so by a link, or by STOP. */
export function withdrawConsent(db: Db, contactId: string, said: ConsentSaid): Promise<SayingOutcome> {
  return inTransaction(db, async (tx) => {
    const contact = await tx.contact.findFirst({ where: { id: contactId, erasedAt: null, mergedInto: null } });
    if (!contact) return { kind: 'missing' };
    const contactIds =
      said.channel === 'sms' ? await optOutPhone(tx, contactId, said) : await optOut(tx, contact, said);
    const id = v7();
    await insertEvents(
      tx,
      contactIds.map((each): NewEvent => eventOf(said, { contactId: each, messageId: `unsubscribe:${id}:${each}` })),
    );
    return { kind: 'said', lifted: [] };
  });
}

/** Without an address there is nothing to write to yet: the ledger alone says it. */
async function optOut(
  tx: Tx,
  { id, email }: { id: string; email: string | null },
  { topic, source, at }: ConsentSaid,
): Promise<string[]> {
  if (email === null) return [id];
  const { contactIds } = await suppress(tx, {
    of: { address: email },
    channel: 'email',
    scope: topic === EVERYTHING ? 'global' : `topic:${topic}`,
    reason: 'unsubscribed',
    source: { origin: 'api', said: source, at: at.toISOString() },
    contactId: id,
    at,
  });
  return contactIds;
}

async function optOutPhone(tx: Tx, contactId: string, { source, at }: ConsentSaid): Promise<string[]> {
  await lockContacts(tx, [contactId]);
  const { phone } = await tx.contact.findUniqueOrThrow({ where: { id: contactId } });
  const evidence = { origin: 'api', said: source, at: at.toISOString() };
  if (phone !== null) await suppressPhone(tx, { phone, reason: 'unsubscribed', source: evidence });
  return [contactId];
}

function eventOf({ channel, topic, at }: ConsentSaid, of: { contactId: string; messageId: string }): NewEvent {
  const isSms = channel === 'sms';
  const properties: JsonObject = isSms ? { channel } : topic === EVERYTHING ? {} : { topic };
  return {
    ...{ origin: 'api', messageId: of.messageId, type: isSms ? 'message.unsubscribed' : 'email.unsubscribed' },
    ...{ keys: [`contact:${of.contactId}`], properties, traits: {}, context: {}, fromBrowser: false, occurredAt: at },
  };
}

import { v7 } from 'uuid';
import { endedBy, EVERYTHING } from '../../workflows/domain/consent/consent';
import { personKey } from '../../workflows/domain/sending/opt-out';
import type { JsonObject } from '../../workflows/domain/json';
import { addressHash } from '../address';
import { bucketOf } from '../bucket';
import { inTransaction, type Db, type Tx } from '../client';
import type { Contact } from '../generated/client';
import { insertConsents, liftOptOuts, lockFreeAddresses, readStandingOf, readWithdrawn } from './consents';
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
  return underLock(db, contactId, async (tx, { id, email }) => {
    if ((await lockFreeAddresses(tx, [id])).size > 0) return { kind: 'busy' };
    const { topic, channel } = said;
    await insertConsents(tx, [{ contactId: id, ...said, at: said.at.getTime(), state: 'given', eventSeq: null }]);
    await tell(tx, id, { type: 'contact.consented', properties: { topic, channel } });
    return { kind: 'said', lifted: channel === 'email' ? await lift(tx, { id, email }, said) : [] };
  });
}

/** Who turns out to be somebody else while their lock is awaited is asked for by that name. */
async function underLock(
  db: Db,
  contactId: string,
  act: (tx: Tx, contact: Contact) => Promise<SayingOutcome>,
): Promise<SayingOutcome> {
  const outcome = await inTransaction(db, async (tx) => {
    await lockContacts(tx, [contactId]);
    const contact = await tx.contact.findUnique({ where: { id: contactId } });
    if (!contact || contact.erasedAt) return { kind: 'missing' as const };
    return contact.mergedInto ? { kind: 'joined' as const, into: contact.mergedInto } : act(tx, contact);
  });
  return outcome.kind === 'joined' ? underLock(db, outcome.into, act) : outcome;
}

async function lift(
  tx: Tx,
  { id, email }: Pick<Contact, 'id' | 'email'>,
  { topic, at }: ConsentSaid,
): Promise<string[]> {
  const keys = [personKey(id), ...(email === null ? [] : [addressHash(email)])];
  const all = (await readStandingOf(tx, [id])).get(id) ?? [];
  const standing = all.filter((row) => keys.includes(row.addressHash));
  const elsewhere = all.filter((row) => !standing.includes(row));
  const withdrawn = (await readWithdrawn(tx, [id])).get(id) ?? [];
  const { ended, backSince } = endedBy([{ topic, at: at.getTime() }], { standing, elsewhere, withdrawn });
  await liftOptOuts(tx, ended);
  if (backSince !== null) await tell(tx, id, { type: 'contact.resubscribed', properties: {}, at: backSince });
  return [...new Set(ended.map(({ scope }) => scope))];
}

async function tell(tx: Tx, contactId: string, event: Pick<InsideRow, 'type' | 'properties' | 'at'>): Promise<void> {
  const messageId = `${event.type}:${contactId}:${v7()}`;
  await insertInside(tx, [{ ...event, messageId, contactId, bucket: bucketOf(`contact:${contactId}`), hops: 1 }]);
}

/** Opts a contact out of a topic, or of all: as if they had done so by a link, or by STOP. */
export function withdrawConsent(db: Db, contactId: string, said: ConsentSaid): Promise<SayingOutcome> {
  if (said.channel === 'sms') return underLock(db, contactId, (tx, contact) => optOutPhone(tx, contact, said));
  return inTransaction(db, async (tx) => {
    const contact = await tx.contact.findUnique({ where: { id: contactId } });
    return !contact || contact.erasedAt ? { kind: 'missing' } : optOut(tx, contactId, said);
  });
}

/** It locks whomever it concerns together, in their order, whoever the contact is by then. */
async function optOut(tx: Tx, contactId: string, said: ConsentSaid): Promise<SayingOutcome> {
  const { contactIds } = await suppress(tx, {
    of: null,
    channel: 'email',
    scope: said.topic === EVERYTHING ? 'global' : `topic:${said.topic}`,
    reason: 'unsubscribed',
    source: evidence(said),
    contactId,
    at: said.at,
  });
  return tellOfWithdrawal(tx, contactIds, said);
}

async function optOutPhone(tx: Tx, { id, phone }: Contact, said: ConsentSaid): Promise<SayingOutcome> {
  await suppressPhone(tx, { phone, contactIds: [id], reason: 'unsubscribed', at: said.at, source: evidence(said) });
  return tellOfWithdrawal(tx, [id], said);
}

function evidence({ source, at }: ConsentSaid): JsonObject {
  return { origin: 'api', said: source, at: at.toISOString() };
}

async function tellOfWithdrawal(tx: Tx, contactIds: readonly string[], said: ConsentSaid): Promise<SayingOutcome> {
  const id = v7();
  const events = contactIds.map((each) => eventOf(said, { contactId: each, messageId: `unsubscribe:${id}:${each}` }));
  await insertEvents(tx, events);
  return { kind: 'said', lifted: [] };
}

function eventOf({ channel, topic, at }: ConsentSaid, of: { contactId: string; messageId: string }): NewEvent {
  const isSms = channel === 'sms';
  const properties: JsonObject = isSms ? { channel } : topic === EVERYTHING ? {} : { topic };
  return {
    ...{ origin: 'api', messageId: of.messageId, type: isSms ? 'message.unsubscribed' : 'email.unsubscribed' },
    ...{ keys: [`contact:${of.contactId}`], properties, traits: {}, context: {}, fromBrowser: false, occurredAt: at },
  };
}

import { v7 } from 'uuid';
import { addressHash } from '../../prisma/address';
import { inTransaction, type Db, type Tx } from '../../prisma/client';
import { patchContact } from '../../prisma/stores/contacts';
import { mergeContacts, mergeUnderLocks } from '../../prisma/stores/merging/merge';
import { suppressPhone } from '../../prisma/stores/phone-opt-outs';
import { readOptOuts } from '../../prisma/stores/pump/condition-facts';
import { giveConsent, withdrawConsent } from '../../prisma/stores/say-consent';
import { applySmsFact } from '../../prisma/stores/sms-facts';
import { isSuppressed, suppress } from '../../prisma/stores/suppressions';
import { personKey } from '../../workflows/domain/sending/opt-out';
import {
  anAttempt,
  beginBy,
  claimBy,
  publishAll,
  somebody as enrolled,
  waitersOnLocks,
} from '../property/support/people';
import { freshDatabase, type TestDatabase } from '../support/database';
import { happening, pumped } from '../support/pump';

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await freshDatabase();
  db = database.db;
  await publishAll(db);
});
afterAll(() => database.drop());

const at = () => new Date();
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
const anAddress = () => `${v7()}@example.test`;
let phones = 0;
const aPhone = () => `+4915100${String((phones += 1)).padStart(5, '0')}`;

async function aContact(data: { email?: string; phone?: string } = {}): Promise<string> {
  const { id } = await db.contact.create({ data: { id: v7(), ...data } });
  if (data.email !== undefined)
    await db.contactIdentity.create({ data: { kind: 'email', value: data.email, contactId: id } });
  return id;
}

const said = (more: object = {}) => ({
  ...{ channel: 'email' as const, topic: 'education', text: null, source: null, at: at() },
  ...more,
});
const about = { channel: 'email', topic: 'education' };
const sms = { channel: 'sms', topic: null };
const barred = (whom: string) => isSuppressed(db, whom, about);
const patch = (id: string, fields: object) => patchContact(db, id, { fields, traits: {}, at: at() });
const merged = (stays: string, goes: string) =>
  mergeContacts(db, { stays, goes, by: 'hand', reason: '', requestedBy: null, at: at() });
const leaving = async (id: string) => (await db.enrollment.findUniqueOrThrow({ where: { id } })).leaving;

describe('who said no', () => {
  test('is not mailed at an address of later', async () => {
    const { contactId, enrollmentId } = await enrolled(db, 'clicks');
    await db.contact.update({ where: { id: contactId }, data: { email: null } });
    await withdrawConsent(db, contactId, said({ topic: '*' }));
    await db.enrollment.update({ where: { id: enrollmentId }, data: { leaving: null } });
    const request = { enrollmentId, visit: 1, stepId: 'mail', closes: null, now: Date.now() };
    // Not waited for either: they need not come and say it again.
    expect(await claimBy(db, request, anAttempt())).not.toMatchObject({ kind: 'go' });
    await patch(contactId, { email: anAddress() });
    await claimBy(db, { ...request, visit: 2, closes: { visit: 1, outcome: 'retried' } }, anAttempt());
    expect((await db.send.findMany({ where: { enrollmentId } })).map(({ reason }) => reason)).toEqual([
      'unsubscribed (global)',
      'unsubscribed (global)',
    ]);
  });

  test('is not mailed by a begin that comes later', async () => {
    const { contactId, enrollmentId } = await enrolled(db, 'clicks');
    const request = { enrollmentId, visit: 1, stepId: 'mail', closes: null, now: Date.now() };
    const attempt = anAttempt();
    expect(await claimBy(db, request, attempt)).toMatchObject({ kind: 'go' });
    const row = { addressHash: personKey(contactId), scope: 'topic:education', reason: 'unsubscribed' };
    await db.suppression.create({ data: row });
    expect((await beginBy(db, request, attempt)).answer).not.toMatchObject({ kind: 'go' });
    expect(await db.send.findFirst({ where: { enrollmentId } })).toMatchObject({ state: 'suppressed' });
  });

  test('is seen so by conditions', async () => {
    const [silent, other] = [await aContact(), await aContact()];
    await withdrawConsent(db, silent, said());
    const scopes = (await readOptOuts(db, [silent, other])).map(({ contactId, scope }) => [contactId, scope]);
    expect(scopes).toEqual([[silent, 'topic:education']]);
  });

  test('is mailed again after a consent alone', async () => {
    const email = anAddress();
    const id = await aContact({ email });
    await withdrawConsent(db, id, said({ at: ago(5) }));
    expect(await giveConsent(db, id, said())).toEqual({ kind: 'said', lifted: ['topic:education'] });
    expect([await barred(personKey(id)), await barred(addressHash(email))]).toEqual([null, null]);
  });

  test('comes back without an address too', async () => {
    const id = await aContact();
    await withdrawConsent(db, id, said({ at: ago(5) }));
    const consent = { keys: [`contact:${id}`], traits: { consent: { topic: 'education' } } };
    await pumped(db, [happening('contact.identified', consent)]);
    expect(await barred(personKey(id))).toBeNull();
    expect(await db.event.count({ where: { type: 'contact.resubscribed', keys: { has: `contact:${id}` } } })).toBe(1);
  });

  test('a bounce says nothing about the person', async () => {
    const email = anAddress();
    const id = await aContact({ email });
    const bounce = { channel: 'email', scope: 'global', reason: 'bounced', source: {}, contactId: id } as const;
    await inTransaction(db, (tx) => suppress(tx, { of: { address: email }, ...bounce }));
    expect(await barred(personKey(id))).toBeNull();
  });
});

test('a consent beside the address that it is about', async () => {
  const [email, userId] = [anAddress(), v7()];
  const optOut = { channel: 'email', scope: 'global', reason: 'unsubscribed', source: {}, at: ago(5) } as const;
  await inTransaction(db, (tx) => suppress(tx, { of: { address: email }, ...optOut }));
  await pumped(db, [
    happening('contact.identified', { keys: [`user:${userId}`], traits: { email } }),
    happening('contact.consented.by-phone', { keys: [`user:${userId}`], traits: { consent: { topic: '*' } } }),
  ]);
  expect(await barred(addressHash(email))).toBeNull();
});

describe('when two records become one', () => {
  test('the word of one without an address holds', async () => {
    const email = anAddress();
    const [stays, goes] = [await aContact({ email }), await aContact()];
    await withdrawConsent(db, goes, said());
    await merged(stays, goes);
    expect(await barred(addressHash(email))).toMatchObject({ reason: 'unsubscribed' });
    expect(await barred(personKey(stays))).toMatchObject({ reason: 'unsubscribed' });
    expect(await db.suppression.count({ where: { addressHash: personKey(goes) } })).toBe(0);
  });

  test('a bounce does not hide what was said', async () => {
    const [a, b] = [anAddress(), anAddress()];
    const [stays, goes] = [await aContact({ email: a }), await aContact({ email: b })];
    await withdrawConsent(db, stays, said({ topic: '*' }));
    const bounce = { channel: 'email', scope: 'global', reason: 'bounced', source: {} } as const;
    await inTransaction(db, (tx) => suppress(tx, { of: { address: a }, ...bounce }));
    await merged(stays, goes);
    expect(await barred(addressHash(b))).toMatchObject({ reason: 'unsubscribed' });
  });

  test('what one said ends the journeys of the other', async () => {
    const [stays, goes] = [await enrolled(db, 'clicks'), await enrolled(db, 'mails')];
    await db.contact.update({ where: { id: goes.contactId }, data: { email: null } });
    await db.contactIdentity.deleteMany({ where: { contactId: goes.contactId } });
    await withdrawConsent(db, stays.contactId, said({ topic: '*' }));
    // They came back to it by themselves: what they had said before does not concern it.
    await db.enrollment.update({ where: { id: stays.enrollmentId }, data: { leaving: null } });
    await merged(stays.contactId, goes.contactId);
    expect([await leaving(stays.enrollmentId), await leaving(goes.enrollmentId)]).toEqual([null, 'unsubscribed']);
  });

  test('the later of two opt-outs counts', async () => {
    const [a, b] = [anAddress(), anAddress()];
    const [stays, goes] = [await aContact({ email: a }), await aContact({ email: b })];
    await withdrawConsent(db, stays, said({ at: ago(9) }));
    await withdrawConsent(db, goes, said({ at: ago(3) }));
    await merged(stays, goes);
    expect(await giveConsent(db, stays, said({ at: ago(6) }))).toEqual({ kind: 'said', lifted: [] });
    expect(await barred(addressHash(a))).not.toBeNull();
  });

  test.each([
    ['an opt-out', () => said({ topic: '*' }), withdrawConsent, { reason: 'unsubscribed', scope: 'global' }],
    ['a consent', said, giveConsent, null],
  ] as const)('%s told meanwhile finds who stays', async (_, what, say, expected) => {
    const email = anAddress();
    const [stays, goes] = [await aContact({ email }), await aContact()];
    expect(await whileMerging(stays, goes, () => say(db, goes, what()))).toMatchObject({ kind: 'said' });
    expect(await barred(addressHash(email))).toEqual(expected);
    await pumped(db);
    expect(await db.consent.count({ where: { contactId: stays } })).toBe(1);
  });

  test('STOP told meanwhile finds who stays', async () => {
    const phone = aPhone();
    const [stays, goes] = [await aContact(), await aContact({ phone })];
    const stop = () => withdrawConsent(db, goes, said({ channel: 'sms', topic: '*' }));
    expect(await whileMerging(stays, goes, stop)).toMatchObject({ kind: 'said' });
    expect(await isSuppressed(db, addressHash(phone), sms)).not.toBeNull();
    expect(await isSuppressed(db, personKey(stays), sms)).not.toBeNull();
  });
});

/** Lets somebody ask for the record that goes while both are locked; the merge commits, then they are answered. */
async function whileMerging<T>(stays: string, goes: string, ask: () => Promise<T>): Promise<T> {
  let asked: Promise<T> | undefined;
  await inTransaction(db, async (tx: Tx) => {
    await mergeUnderLocks(tx, { stays, goes, by: 'hand', reason: '', requestedBy: null, at: at() });
    asked = ask();
    asked.catch(() => undefined);
    await waitersOnLocks(db, 1);
  });
  if (!asked) throw new Error('it was asked');
  return asked;
}

describe('STOP', () => {
  const word = (phone: string, optOut: 'unsubscribed' | 'lifted') =>
    applySmsFact(db, {
      ...{ provider: 'test', dedupKey: v7(), type: optOut, payload: {}, sendId: null, providerMessageId: null, phone },
      ...{ at: at(), state: null, event: null, optOut },
    });

  test('holds for a number of later, until START', async () => {
    const [before, after] = [aPhone(), aPhone()];
    const id = await aContact({ phone: before });
    await word(before, 'unsubscribed');
    await patch(id, { phone: after });
    expect(await isSuppressed(db, personKey(id), sms)).not.toBeNull();
    await word(after, 'lifted');
    expect(await isSuppressed(db, personKey(id), sms)).toBeNull();
  });

  test('from a number that a merge lost is theirs', async () => {
    const [kept, lost] = [aPhone(), aPhone()];
    const [stays, goes] = [await aContact({ phone: kept }), await enrolled(db, 'clicks')];
    await db.contact.update({ where: { id: goes.contactId }, data: { phone: lost } });
    const written = { key: v7(), visit: 1, stepId: 'text', unsubscribeToken: v7(), state: 'delivered', begunAt: at() };
    const to = { contactId: goes.contactId, journeyKey: 'clicks', channel: 'sms', address: lost };
    await db.send.create({ data: { id: v7(), ...written, ...to } });
    await merged(stays, goes.contactId);
    await word(lost, 'unsubscribed');
    expect(await isSuppressed(db, addressHash(kept), sms)).not.toBeNull();
    await word(lost, 'lifted');
    expect(await isSuppressed(db, [personKey(stays), addressHash(kept)], sms)).toBeNull();
  });

  test('a number that is another’s by now ends nothing', async () => {
    const [old, present] = [aPhone(), aPhone()];
    const { contactId } = await enrolled(db, 'clicks');
    const written = { key: v7(), visit: 1, stepId: 'text', unsubscribeToken: v7(), state: 'delivered', begunAt: at() };
    const to = { contactId, journeyKey: 'clicks', channel: 'sms', address: old };
    await db.send.create({ data: { id: v7(), ...written, ...to } });
    await patch(contactId, { phone: present });
    await word(present, 'unsubscribed');
    await word(old, 'lifted');
    expect(await isSuppressed(db, personKey(contactId), sms)).not.toBeNull();
    expect(await isSuppressed(db, addressHash(present), sms)).not.toBeNull();
  });

  test('without a number it holds all the same', async () => {
    const id = await aContact();
    await withdrawConsent(db, id, said({ channel: 'sms', topic: '*' }));
    expect(await isSuppressed(db, personKey(id), sms)).not.toBeNull();
  });

  test('a number that does not exist says nothing', async () => {
    const phone = aPhone();
    const id = await aContact({ phone });
    await inTransaction(db, (tx) => suppressPhone(tx, { phone, contactIds: [id], reason: 'bounced', source: {} }));
    expect(await isSuppressed(db, personKey(id), sms)).toBeNull();
  });
});

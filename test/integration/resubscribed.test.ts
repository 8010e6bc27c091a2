import { v7 } from 'uuid';
import { addressHash } from '../../prisma/address';
import { standardScoreModel } from '../../prisma/catalog';
import { inTransaction } from '../../prisma/client';
import { newToken } from '../../prisma/stores/links';
import { mergeContacts } from '../../prisma/stores/merging/merge';
import { giveConsent, withdrawConsent } from '../../prisma/stores/say-consent';
import { suppress } from '../../prisma/stores/suppressions';
import { unsubscribe } from '../../prisma/stores/unsubscribe';
import type { Json } from '../../workflows/domain/json';
import { freshDatabase, type TestDatabase } from '../support/database';
import { happening, pumped } from '../support/pump';
import { publishedModel } from '../support/scores';

let database: TestDatabase;
let db: TestDatabase['db'];
let people = 0;
beforeAll(async () => {
  database = await freshDatabase();
  db = database.db;
  await publishedModel(db, standardScoreModel());
});
afterAll(() => database.drop());

/** Minutes before now. */
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);

interface Person {
  id: string;
  email: string;
}

async function somebody(): Promise<Person> {
  people += 1;
  const email = `person-${people}@example.test`;
  const event = { keys: [`email:${email}`], traits: { email }, occurredAt: ago(60) };
  await pumped(db, [happening('contact.identified', event)]);
  const { id } = await db.contact.findFirstOrThrow({ where: { email } });
  return { id, email };
}

async function optOut({ id }: Person, topic: string, minutes = 30): Promise<void> {
  await withdrawConsent(db, id, { channel: 'email', topic, text: null, source: null, at: ago(minutes) });
  await pumped(db);
}

/** Agrees a quarter of an hour ago. */
async function agree({ email }: Person, consent: Json, more: object = {}): Promise<void> {
  const event = { keys: [`email:${email}`], traits: { email, consent }, occurredAt: ago(15), ...more };
  await pumped(db, [happening('contact.identified', event)]);
  await pumped(db);
}

async function scoreOf({ id }: Person) {
  return db.scoreState.findUniqueOrThrow({ where: { contactId: id }, select: { blocked: true, tier: true } });
}

const toldOf = ({ id }: Person, type: string) => db.event.count({ where: { contactId: id, type } });

test.each([
  ['the topic', 'education', { topic: 'education' }],
  ['everything', '*', { topic: '*' }],
  ['everything, of a topic', 'education', { topic: '*' }],
])('a consent to %s brings the score back', async (_, left, consent) => {
  const person = await somebody();
  await optOut(person, left);
  expect(await scoreOf(person)).toEqual({ blocked: true, tier: 'none' });
  await agree(person, consent);
  expect(await scoreOf(person)).toEqual({ blocked: false, tier: 'none' });
  expect(await toldOf(person, 'contact.resubscribed')).toBe(1);
});

const old = new Date(0).toISOString();
test.each([
  ['another topic', 'education', { topic: 'product' }, {}],
  ['one topic of everything', '*', { topic: 'education' }, {}],
  ['another channel', '*', { topic: '*', channel: 'sms' }, {}],
  ['an older date', '*', { topic: '*', at: old }, {}],
  ['a file', '*', { topic: '*' }, { origin: 'import' }],
  ['a form', '*', { topic: '*' }, { origin: 'form', fromBrowser: true }],
  ['a browser', '*', { topic: '*' }, { fromBrowser: true }],
])('a consent by %s leaves the score at 0', async (_, left, consent, more) => {
  const person = await somebody();
  await optOut(person, left);
  await agree(person, consent, more);
  expect(await scoreOf(person)).toEqual({ blocked: true, tier: 'none' });
  expect(await toldOf(person, 'contact.resubscribed')).toBe(0);
});

test('of two opt-outs both must end', async () => {
  const person = await somebody();
  await optOut(person, 'education');
  await optOut(person, 'product');
  await agree(person, { topic: 'education' });
  expect(await scoreOf(person)).toMatchObject({ blocked: true });
  await agree(person, { topic: 'product' });
  expect(await scoreOf(person)).toMatchObject({ blocked: false });
});

test('what the other record still says no to blocks both', async () => {
  const [stays, goes] = [await somebody(), await somebody()];
  await optOut(stays, 'education', 40);
  await optOut(goes, 'education', 50);
  await agree(goes, { topic: 'education' });
  expect([await scoreOf(stays), await scoreOf(goes)]).toMatchObject([{ blocked: true }, { blocked: false }]);
  const of = { by: 'hand', reason: '', requestedBy: null, at: new Date() } as const;
  await mergeContacts(db, { stays: stays.id, goes: goes.id, ...of });
  await pumped(db);
  const standing = await db.suppression.findMany({ where: { addressHash: addressHash(goes.email) } });
  expect(standing).toMatchObject([{ scope: 'topic:education', reason: 'unsubscribed' }]);
  expect(await scoreOf(stays)).toMatchObject({ blocked: true });
  await agree(stays, { topic: 'education' }, { occurredAt: new Date() });
  expect(await scoreOf(stays)).toMatchObject({ blocked: false });
});

test('a complaint stays, whatever is agreed to', async () => {
  const person = await somebody();
  await optOut(person, 'education');
  const what = { channel: 'email', scope: 'global', reason: 'complained', source: {} } as const;
  await inTransaction(db, (tx) => suppress(tx, { of: { address: person.email }, ...what }));
  await agree(person, [{ topic: 'education' }, { topic: '*' }]);
  expect(await scoreOf(person)).toMatchObject({ blocked: true });
});

test('an opt-out that no address kept ends alike', async () => {
  const person = await somebody();
  await optOut(person, 'education');
  await db.suppression.deleteMany({ where: { scope: 'topic:education' } });
  await agree(person, { topic: 'product' });
  expect(await scoreOf(person)).toMatchObject({ blocked: true });
  await agree(person, { topic: 'education' });
  expect(await scoreOf(person)).toMatchObject({ blocked: false });
});

test('who never left does not come back', async () => {
  const person = await somebody();
  await agree(person, { topic: 'education' });
  expect(await toldOf(person, 'contact.consented')).toBe(1);
  expect(await toldOf(person, 'contact.resubscribed')).toBe(0);
});

test('what an operator was told counts alike', async () => {
  const person = await somebody();
  await optOut(person, '*');
  const said = { channel: 'email', text: null, source: null, at: new Date() } as const;
  await giveConsent(db, person.id, { ...said, topic: 'education' });
  await pumped(db);
  expect(await scoreOf(person)).toMatchObject({ blocked: true });
  await giveConsent(db, person.id, { ...said, topic: '*' });
  await pumped(db);
  expect(await scoreOf(person)).toMatchObject({ blocked: false });
});

test('the button of one mail counts anew after a consent', async () => {
  const person = await somebody();
  const { id: contactId, email } = person;
  const token = newToken();
  const link = { token, contactId, addressHash: addressHash(email), topic: 'education', sendId: v7() };
  await db.unsubscribeLink.create({ data: link });
  const press = async (minutes: number) => {
    await unsubscribe(db, token, { from: 'topic', oneClick: true, at: ago(minutes) });
    await pumped(db);
  };
  await press(30);
  await press(29);
  await agree(person, { topic: 'education' });
  expect(await scoreOf(person)).toMatchObject({ blocked: false });
  await press(5);
  await press(4);
  expect(await scoreOf(person)).toMatchObject({ blocked: true });
  expect(await toldOf(person, 'email.unsubscribed')).toBe(2);
  const ledger = await db.consent.findMany({ where: { contactId }, orderBy: { id: 'asc' } });
  expect(ledger.map(({ state }) => state)).toEqual(['withdrawn', 'given', 'withdrawn']);
});

import { v7 } from 'uuid';
import { addressHash, isMailable, normaliseAddress } from '../../prisma/address';
import { inTransaction, type Db } from '../../prisma/client';
import { lockAddressShared } from '../../prisma/stores/addresses';
import { isSuppressed, suppress, type OptOut } from '../../prisma/stores/suppressions';
import { freshDatabase, type TestDatabase } from '../support/database';

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await freshDatabase();
  db = database.db;
});
afterAll(() => database.drop());

async function aContact(email: string): Promise<string> {
  return (await db.contact.create({ data: { id: v7(), email } })).id;
}

async function anEnrollment(contactId: string, topic: string): Promise<string> {
  const id = v7();
  const versionId = v7();
  const journeyKey = `journey-${versionId}`;
  const version = { id: versionId, journeyKey, number: 1, source: '', document: {}, graph: { topic }, sha256: '' };
  await db.journeyVersion.create({ data: version });
  await db.enrollment.create({
    data: { id, journeyKey, versionId, contactId, n: 1, entryTurn: 0n, enteredAt: new Date() },
  });
  return id;
}

const optOut = (address: string, more: Partial<OptOut> = {}): OptOut => ({
  of: { address },
  channel: 'email',
  scope: 'global',
  reason: 'unsubscribed',
  source: { kind: 'test' },
  ...more,
});
const optOutNow = (what: OptOut) => inTransaction(db, (tx) => suppress(tx, what));
const leaving = async (id: string) => (await db.enrollment.findUniqueOrThrow({ where: { id } })).leaving;

test('normalises and hashes addresses', () => {
  expect(normaliseAddress('  Ada+x@Bücher.Example ')).toBe('ada+x@xn--bcher-kva.example');
  expect(addressHash('ADA@example.com')).toBe(addressHash(' ada@example.com'));
  expect(isMailable('ada@example.com')).toBe(true);
  for (const bad of ['ada', 'a b@example.com', 'ada@localhost', 'a@b.c\r\nBcc: x@y.z'])
    expect(isMailable(bad)).toBe(false);
});

test('hashes in SQL as in code', async () => {
  const address = normaliseAddress('Ada.Ü+x@Bücher.example');
  const [row] = await db.$queryRaw<{ hash: string }[]>`select address_hash(${address}) as hash`;
  expect(row?.hash).toBe(addressHash(address));
});

test('ends open enrollments of every contact with the address', async () => {
  const [a, b] = [await aContact('two@example.com'), await aContact('two@example.com')];
  const enrollments = [await anEnrollment(a, 'education'), await anEnrollment(b, 'product')];
  await optOutNow(optOut('Two@Example.com'));
  for (const id of enrollments) {
    expect(await leaving(id)).toBe('unsubscribed');
    const wakes = await db.dispatch.findMany({ where: { enrollmentId: id } });
    expect(wakes).toMatchObject([{ kind: 'wake', visit: null, outcome: 'leave' }]);
    expect(wakes[0]?.workflowId).toMatch(new RegExp(`/${id}$`));
  }
});

test('ends only journeys of the topic', async () => {
  const contact = await aContact('topic@example.com');
  const [education, product] = [await anEnrollment(contact, 'education'), await anEnrollment(contact, 'product')];
  await optOutNow(optOut('topic@example.com', { scope: 'topic:education' }));
  expect([await leaving(education), await leaving(product)]).toEqual(['unsubscribed', null]);
  const hash = addressHash('topic@example.com');
  expect(await isSuppressed(db, hash, { channel: 'email', topic: 'education' })).toMatchObject({
    reason: 'unsubscribed',
  });
  expect(await isSuppressed(db, hash, { channel: 'email', topic: 'product' })).toBeNull();
  expect(await isSuppressed(db, hash, { channel: 'email', topic: 'education', class: 'transactional' })).toBeNull();
});

test('keeps the first reason to leave', async () => {
  const contact = await aContact('first@example.com');
  const enrollment = await anEnrollment(contact, 'education');
  await optOutNow(optOut('first@example.com'));
  await optOutNow(optOut('first@example.com', { reason: 'complained' }));
  expect(await leaving(enrollment)).toBe('unsubscribed');
  expect(await db.dispatch.count({ where: { enrollmentId: enrollment } })).toBe(1);
});

test('keeps the gravest reason of a suppression', async () => {
  const hash = addressHash('grave@example.com');
  expect((await optOutNow(optOut('grave@example.com', { reason: 'complained' }))).isNew).toBe(true);
  expect((await optOutNow(optOut('grave@example.com'))).isNew).toBe(false);
  expect(await isSuppressed(db, hash, { channel: 'email', topic: null })).toEqual({
    scope: 'global',
    reason: 'complained',
  });
});

test('follows the person to a new address', async () => {
  const contact = await aContact('new@example.com');
  const enrollment = await anEnrollment(contact, 'education');
  await optOutNow(optOut('old@example.com', { contactId: contact }));
  expect(await leaving(enrollment)).toBe('unsubscribed');
  expect(await isSuppressed(db, addressHash('new@example.com'), { channel: 'email', topic: null })).not.toBeNull();
});

test('waits for a begin under the address lock', async () => {
  const hash = addressHash('race@example.com');
  const order: string[] = [];
  let optedOut = Promise.resolve();
  await inTransaction(db, async (tx) => {
    await lockAddressShared(tx, hash);
    optedOut = optOutNow(optOut('race@example.com')).then(() => void order.push('opt-out'));
    await waitersOnLocks(1);
    expect(await isSuppressed(tx, hash, { channel: 'email', topic: null })).toBeNull();
    order.push('begin');
  });
  await optedOut;
  expect(order).toEqual(['begin', 'opt-out']);
});

test('finds a contact that got the address meanwhile', async () => {
  const [first, second] = [await aContact('shared@example.com'), await aContact('other@example.com')];
  const enrollment = await anEnrollment(second, 'education');
  let optedOut: Promise<unknown> = Promise.resolve();
  await inTransaction(db, async (tx) => {
    await tx.$queryRaw`select id from contact where id in (${first}::uuid, ${second}::uuid) order by id for no key update`;
    optedOut = optOutNow(optOut('shared@example.com'));
    await waitersOnLocks(1);
    await tx.contact.update({ where: { id: second }, data: { email: 'shared@example.com' } });
  });
  await optedOut;
  expect(await leaving(enrollment)).toBe('unsubscribed');
});

/** Returns when as many sessions of this database wait for a lock: the other side is where the test wants it. */
async function waitersOnLocks(count: number): Promise<void> {
  for (;;) {
    const [row] = await db.$queryRaw<{ n: bigint }[]>`
      select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    if (Number(row?.n) >= count) return;
  }
}

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import request from 'supertest';
import { sendgridTransport } from '../../activities/providers/mail/sendgrid';
import { mailFactOf } from '../../api/webhooks/sendgrid-items';
import { isSigned, readPublicKeys } from '../../api/webhooks/sendgrid-signature';
import { addressHash } from '../../prisma/address';
import { isSuppressed } from '../../prisma/stores/suppressions';
import { testApi, testConfig, type TestApi } from '../api/harness';
import { startFakeSendGrid, type FakeSendGrid } from '../support/fake-sendgrid';
import { aSentMail, type SentMail } from '../support/sent-mail';

let fake: FakeSendGrid;
let other: FakeSendGrid;
let api: TestApi;
beforeAll(async () => {
  [fake, other] = await Promise.all([startFakeSendGrid(), startFakeSendGrid()]);
  const mail = { kind: 'sendgrid' as const };
  api = await testApi({ config: { ...testConfig, mail, sendgridWebhookKeys: [other.publicKey, fake.publicKey] } });
});
afterAll(() => Promise.all([api.drop(), fake.stop(), other.stop()]));

let count = 0;
const timestamp = 1_795_420_800;
const anItem = (event: string, mail: SentMail, more: object = {}) => ({
  email: mail.email,
  timestamp,
  event,
  sg_event_id: `event-${(count += 1)}`,
  sg_message_id: `${mail.providerMessageId}.filterdrecv-1-0.0`,
  send_id: mail.sendId,
  ...more,
});
const post = ({ body, headers }: { body: string; headers: Record<string, string> }) =>
  request(api.app).post('/webhooks/sendgrid/events').set(headers).send(body);
const deliver = (...items: object[]) => post(fake.batch(items)).expect(200);
const stateOf = async ({ sendId }: SentMail) => (await api.db.send.findUniqueOrThrow({ where: { id: sendId } })).state;
const leaving = async ({ enrollmentId }: SentMail) =>
  (await api.db.enrollment.findUniqueOrThrow({ where: { id: enrollmentId } })).leaving;
const eventsOf = (mail: SentMail) =>
  api.db.event.findMany({
    where: { origin: 'sendgrid', keys: { has: `contact:${mail.contactId}` } },
    orderBy: { seq: 'asc' },
  });
const bar = ({ email }: SentMail, topic = 'education') =>
  isSuppressed(api.db, addressHash(email), { channel: 'email', topic });

test("accepts SendGrid's published signature", () => {
  const [key] = readPublicKeys([
    'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==',
  ]);
  if (!key) throw new Error('no key');
  const item = {
    email: 'hello@world.com',
    event: 'dropped',
    reason: 'Bounced Address',
    sg_event_id: 'ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA',
    sg_message_id: 'LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0',
    'smtp-id': '<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>',
    timestamp: 1600112492,
  };
  const signed = {
    body: Buffer.from(`${JSON.stringify([item])}\r\n`),
    signature: 'MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=',
    timestamp: '1600112502',
  };
  expect(isSigned(signed, [key])).toBe(true);
  expect(isSigned({ ...signed, body: Buffer.from(JSON.stringify([item])) }, [key])).toBe(false);
  expect(isSigned({ ...signed, timestamp: '1600112503' }, [key])).toBe(false);
  expect(isSigned({ ...signed, signature: 'garbage' }, [key])).toBe(false);
});

test('refuses what is not signed with our keys', async () => {
  const mail = await aSentMail(api.db);
  const batch = fake.batch([anItem('unsubscribe', mail)]);
  const changed = { ...batch, body: batch.body.replace('unsubscribe', 'unsubscribe ') };
  await post(changed)
    .expect(401)
    .expect('Content-Type', /problem\+json/);
  await post({ body: batch.body, headers: { 'content-type': 'application/json' } }).expect(401);
  expect(await eventsOf(mail)).toEqual([]);
});

test('takes batches of either key', async () => {
  const mail = await aSentMail(api.db);
  await post(other.batch([anItem('delivered', mail)])).expect(200);
  expect(await stateOf(mail)).toBe('delivered');
});

test('turns items into events and states', async () => {
  const mail = await aSentMail(api.db, { state: 'unknown' });
  await deliver(
    anItem('processed', mail),
    anItem('delivered', mail),
    anItem('open', mail, { sg_machine_open: true }),
    anItem('click', mail, { url: 'https://example.com/a' }),
  );
  expect(await stateOf(mail)).toBe('delivered');
  expect(await eventsOf(mail)).toMatchObject([
    { type: 'email.delivered', sendId: mail.sendId, occurredAt: new Date(timestamp * 1_000) },
    { type: 'email.opened', properties: { machine: true } },
    { type: 'email.clicked', properties: { url: 'https://example.com/a', machine: false } },
  ]);
});

test('takes each item once, in any order', async () => {
  const mail = await aSentMail(api.db, { state: 'sending' });
  const [click, delivered, processed] = [
    anItem('click', mail, { url: 'x' }),
    anItem('delivered', mail),
    anItem('processed', mail),
  ];
  await deliver(click, delivered, processed, click);
  const again = await deliver(processed, click, delivered);
  expect(again.body).toEqual({ applied: 0, duplicate: 3, failed: 0 });
  expect(await stateOf(mail)).toBe('delivered');
  expect((await eventsOf(mail)).map(({ type }) => type)).toEqual(['email.clicked', 'email.delivered']);
});

test('takes concurrent copies of a batch once', async () => {
  const mail = await aSentMail(api.db);
  const batch = fake.batch([anItem('delivered', mail), anItem('spamreport', mail), anItem('open', mail)]);
  await Promise.all([1, 2, 3, 4].map(() => post(batch).expect(200)));
  expect(await eventsOf(mail)).toHaveLength(3);
});

test('finds the send by the message id', async () => {
  const mail = await aSentMail(api.db);
  const item = {
    email: mail.email,
    timestamp,
    event: 'delivered',
    'smtp-id': `<${mail.providerMessageId}@ismtpd.sendgrid.net>`,
  };
  const { body } = await deliver(item, item);
  expect(body).toEqual({ applied: 1, duplicate: 1, failed: 0 });
  expect(await stateOf(mail)).toBe('delivered');
});

const bounces: [string, object, { state: string; bar: string | null }][] = [
  [
    'a wrong address',
    { type: 'bounce', bounce_classification: 'Invalid Address', status: '5.1.1' },
    { state: 'bounced', bar: 'bounced' },
  ],
  ['a wrong address, unclassified', { type: 'bounce', status: '5.1.1' }, { state: 'bounced', bar: 'bounced' }],
  [
    'our reputation',
    { type: 'bounce', bounce_classification: 'Reputation', status: '5.7.1' },
    { state: 'bounced', bar: null },
  ],
  [
    'a full mailbox',
    { type: 'blocked', bounce_classification: 'Mailbox Unavailable' },
    { state: 'bounced', bar: null },
  ],
];
test.each(bounces)('bars an address or not: %s', async (_what, more, expected) => {
  const mail = await aSentMail(api.db);
  await deliver(anItem('bounce', mail, more));
  expect({ state: await stateOf(mail), bar: (await bar(mail))?.reason ?? null }).toEqual(expected);
  expect(await leaving(mail)).toBe(expected.bar);
  expect((await eventsOf(mail))[0]?.type).toBe('email.bounced');
});

test.each([
  ['unsubscribe', {}, { scope: 'global', reason: 'unsubscribed' }, 'unsubscribed'],
  ['group_unsubscribe', {}, { scope: 'topic:education', reason: 'unsubscribed' }, 'unsubscribed'],
  ['spamreport', {}, { scope: 'global', reason: 'complained' }, 'complained'],
  ['dropped', { reason: 'Unsubscribed Address' }, { scope: 'global', reason: 'unsubscribed' }, 'unsubscribed'],
  ['dropped', { reason: 'Spam Reporting Address' }, { scope: 'global', reason: 'complained' }, 'complained'],
  ['dropped', { reason: 'Bounced Address' }, { scope: 'global', reason: 'bounced' }, 'bounced'],
])('opts out in the request: %s %j', async (event, more, suppression, outcome) => {
  const mail = await aSentMail(api.db);
  await deliver(anItem(event, mail, more));
  expect(await bar(mail)).toEqual(suppression);
  expect(await leaving(mail)).toBe(outcome);
});

test('opts out everybody with the address', async () => {
  const mail = await aSentMail(api.db);
  const twin = await aSentMail(api.db, { email: mail.email });
  await deliver(anItem('group_unsubscribe', mail));
  expect([await leaving(mail), await leaving(twin)]).toEqual(['unsubscribed', 'unsubscribed']);
  expect(await eventsOf(twin)).toMatchObject([
    { type: 'email.unsubscribed', sendId: null, properties: { topic: 'education' } },
  ]);
});

test('opts out an address without a send', async () => {
  const { email } = await aSentMail(api.db);
  await deliver({ email: email.toUpperCase(), timestamp, event: 'unsubscribe', sg_event_id: 'foreign' });
  expect(await isSuppressed(api.db, addressHash(email), { channel: 'email', topic: null })).not.toBeNull();
});

test('lets one bad item stop nobody', async () => {
  const mail = await aSentMail(api.db);
  const { body } = await deliver(
    { event: 7 },
    anItem('account_status_change', mail),
    anItem('click', mail, { url: 'https://example.com/\u0000', timestamp: 'yesterday' }),
    anItem('click', mail, { url: 'https://example.com/\u0000' }),
    anItem('delivered', mail, { send_id: 'not-an-id' }),
  );
  expect(body).toEqual({ applied: 5, duplicate: 0, failed: 0 });
  expect(await stateOf(mail)).toBe('delivered');
  expect(await api.db.providerEvent.count({ where: { type: 'unreadable' } })).toBe(2);
});

test('applies what no column would take', async () => {
  const mail = await aSentMail(api.db);
  const { body } = await deliver(
    anItem('bounce', mail, { type: 'bounce', status: '5.1.1', reason: 'no \u0000 such \ud800 user' }),
    anItem('click', mail, { url: 'https://example.com/\u0000', sg_event_id: 'odd\u0000id' }),
  );
  expect(body).toEqual({ applied: 2, duplicate: 0, failed: 0 });
  expect((await bar(mail))?.reason).toBe('bounced');
  expect(await eventsOf(mail)).toMatchObject([
    { type: 'email.bounced', properties: { reason: 'no \ufffd such \ufffd user' } },
    { type: 'email.clicked', properties: { url: 'https://example.com/\ufffd' } },
  ]);
});

test('what fails is shown, and applied on request', async () => {
  const [mail, other] = [await aSentMail(api.db), await aSentMail(api.db)];
  await api.db.$executeRaw`alter table event add constraint no_poison check (properties->>'reason' <> 'poison')`;
  const poison = anItem('dropped', mail, { reason: 'poison' });
  const bounce = anItem('bounce', mail, { type: 'bounce', status: '5.1.1', reason: 'poison' });
  const { body } = await deliver(poison, bounce, anItem('delivered', other));
  expect(body).toEqual({ applied: 1, duplicate: 0, failed: 2 });
  const shown = async () => (await api.get('/v1/system/set-aside').expect(200)).body.facts;
  expect(await shown()).toMatchObject([
    { provider: 'sendgrid', type: 'dropped' },
    { provider: 'sendgrid', type: 'bounce' },
  ]);
  expect((await api.post('/v1/system/set-aside/retry').expect(200)).body).toMatchObject({ facts: 2 });
  expect(await shown()).toHaveLength(2);
  await api.db.$executeRaw`alter table event drop constraint no_poison`;
  await api.post('/v1/system/set-aside/retry').expect(200);
  expect(await shown()).toEqual([]);
  expect((await eventsOf(mail)).map(({ messageId }) => messageId)).toEqual([poison.sg_event_id, bounce.sg_event_id]);
  expect({ state: await stateOf(mail), bar: (await bar(mail))?.reason }).toEqual({ state: 'bounced', bar: 'bounced' });
});

test('refuses a batch that is no JSON', async () => {
  await post(fake.sign('not json')).expect(400);
});

test('settles what the transport sent, by the webhook', async () => {
  const mails = await Promise.all(Array.from({ length: 6 }, () => aSentMail(api.db, { state: 'unknown' })));
  const transport = sendgridTransport({ apiKey: fake.apiKey, baseUrl: fake.url });
  fake.script(...mails.map(() => ({ kind: 'accept-then-reset' }) as const));
  for (const mail of mails) {
    const from = { email: 'guides@example.com', name: 'Guides' };
    const content = { subject: 'Hi', html: '<p>Hi</p>', text: 'Hi', headers: { 'X-Nurture-Send-Id': mail.sendId } };
    expect((await transport.send({ sendId: mail.sendId, from, to: mail.email, ...content })).kind).toBe('unknown');
  }
  const server = createServer(api.app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/sendgrid/events`;
  const statuses = await fake.emit(url, ['processed', 'delivered', 'open']).finally(() => {
    server.closeAllConnections();
    server.close();
  });
  expect(statuses).toEqual([200, 200]);
  expect(await Promise.all(mails.map(stateOf))).toEqual(mails.map(() => 'delivered'));
  for (const mail of mails) {
    expect((await eventsOf(mail)).map(({ type }) => type).sort()).toEqual(['email.delivered', 'email.opened']);
  }
});

test('takes a large batch', async () => {
  const mails = await Promise.all(Array.from({ length: 5 }, () => aSentMail(api.db)));
  const items = Array.from({ length: 20 }, () => mails.map((mail) => anItem('open', mail))).flat();
  expect((await deliver(...items)).body).toEqual({ applied: 100, duplicate: 0, failed: 0 });
});

test('reads what SendGrid leaves out', () => {
  const now = new Date();
  const fact = mailFactOf({ event: 'group_resubscribe', email: 'x@example.com' }, 'sendgrid', now);
  expect(fact).toMatchObject({
    type: 'group_resubscribe',
    at: now,
    state: null,
    event: null,
    optOut: null,
    sendId: null,
  });
  expect(mailFactOf({ event: 'constructor' }, 'sendgrid', now).event).toBeNull();
});

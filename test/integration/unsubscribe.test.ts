import request from 'supertest';
import { addressHash } from '../../prisma/address';
import { createDb, inTransaction, type Tx } from '../../prisma/client';
import { newToken } from '../../prisma/stores/links';
import { isSuppressed } from '../../prisma/stores/suppressions';
import { testApi, type TestApi } from '../api/harness';
import { aSentMail, type SentMail } from '../support/sent-mail';

const browser = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/146.0 Safari/537.36';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api.drop());

const open = (token: string) => request(api.app).get(`/u/${token}`);
const post = (token: string, body = 'List-Unsubscribe=One-Click') =>
  request(api.app).post(`/u/${token}`).type('form').send(body);
const bars = ({ email }: SentMail, topic: string) =>
  isSuppressed(api.db, addressHash(email), { channel: 'email', topic });
const leaving = async ({ enrollmentId }: SentMail) =>
  (await api.db.enrollment.findUniqueOrThrow({ where: { id: enrollmentId } })).leaving;

test('changes nothing when it is looked at', async () => {
  const mail = await aSentMail(api.db);
  const answer = await open(mail.unsubscribeToken).expect(200).expect('Content-Type', /html/);
  expect(answer.text).toContain('<button type="submit">Unsubscribe</button>');
  expect(answer.text).not.toContain(mail.email);
  expect(await bars(mail, 'education')).toBeNull();
  expect(await leaving(mail)).toBeNull();
});

test('opts out of the topic by one click', async () => {
  const mail = await aSentMail(api.db);
  await post(mail.unsubscribeToken).expect(200);
  expect(await bars(mail, 'education')).toEqual({ scope: 'topic:education', reason: 'unsubscribed' });
  expect(await bars(mail, 'product')).toBeNull();
  expect(await leaving(mail)).toBe('unsubscribed');
  const events = await api.db.event.findMany({ where: { sendId: mail.sendId } });
  expect(events).toMatchObject([
    {
      type: 'email.unsubscribed',
      origin: 'link',
      keys: [`contact:${mail.contactId}`],
      properties: { topic: 'education' },
    },
  ]);
});

test('says the same the second time', async () => {
  const mail = await aSentMail(api.db);
  const first = await post(mail.unsubscribeToken).expect(200);
  const second = await post(mail.unsubscribeToken).expect(200);
  expect(second.text).toBe(first.text);
  expect(await api.db.event.count({ where: { sendId: mail.sendId } })).toBe(1);
  expect(await api.db.dispatch.count({ where: { enrollmentId: mail.enrollmentId } })).toBe(1);
});

test('opts out of everything from the page', async () => {
  const mail = await aSentMail(api.db);
  await post(mail.unsubscribeToken, 'from=all').expect(200);
  expect(await bars(mail, 'product')).toEqual({ scope: 'global', reason: 'unsubscribed' });
});

test('takes a multipart form, too', async () => {
  const mail = await aSentMail(api.db);
  await request(api.app).post(`/u/${mail.unsubscribeToken}`).field('from', 'all').expect(200);
  expect(await bars(mail, 'product')).not.toBeNull();
});

test('answers strange tokens alike', async () => {
  const mail = await aSentMail(api.db);
  const known = { page: await open(mail.unsubscribeToken), done: await post(mail.unsubscribeToken) };
  const tampered = `${mail.unsubscribeToken.slice(0, -1)}${mail.unsubscribeToken.endsWith('A') ? 'B' : 'A'}`;
  for (const token of [newToken(), tampered, 'x', '%20', 'a'.repeat(3_000)]) {
    expect((await open(token).expect(200)).text).toBe(known.page.text);
    expect((await post(token).expect(200)).text).toBe(known.done.text);
  }
});

test('works after the person was erased', async () => {
  const mail = await aSentMail(api.db);
  await api.db.contact.update({ where: { id: mail.contactId }, data: { email: null, erasedAt: new Date() } });
  await api.db.send.delete({ where: { id: mail.sendId } });
  await post(mail.unsubscribeToken).expect(200);
  expect(await bars(mail, 'education')).not.toBeNull();
});

test('allows the page nothing but its own style', async () => {
  const answer = await open(newToken());
  expect(answer.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.text).not.toContain('<script');
});

test('leads a click on and records it', async () => {
  const mail = await aSentMail(api.db);
  const [token] = mail.clickTokens;
  const follow = () => request(api.app).get(`/c/${token}`).set('User-Agent', browser);
  await follow().expect(302).expect('Location', 'https://example.com/a');
  await follow().expect(302);
  const events = await api.db.event.findMany({ where: { sendId: mail.sendId, type: 'email.clicked' } });
  expect(events).toHaveLength(2);
  expect(events[0]).toMatchObject({
    origin: 'click',
    keys: [`contact:${mail.contactId}`],
    properties: { url: 'https://example.com/a', machine: false },
  });
});

test.each([
  ['a library', { 'User-Agent': 'python-requests/2.32' }],
  ['a crawler', { 'User-Agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' }],
  ['a look ahead', { 'User-Agent': browser, 'Sec-Purpose': 'prefetch;prerender' }],
  ['a script of a page', { 'User-Agent': browser, 'Sec-Fetch-Mode': 'no-cors' }],
])('the click of %s is no behaviour', async (_, headers) => {
  const mail = await aSentMail(api.db);
  await request(api.app).get(`/c/${mail.clickTokens[0]}`).set(headers).expect(302);
  const event = await api.db.event.findFirstOrThrow({ where: { sendId: mail.sendId } });
  expect(event.properties).toMatchObject({ machine: true });
});

test('shows a scanner the way and records nothing', async () => {
  const mail = await aSentMail(api.db);
  const path = `/c/${mail.clickTokens[0]}`;
  const answer = await request(api.app).head(path).expect(302).expect('Location', 'https://example.com/a');
  expect(answer.text ?? '').toBe('');
  await request(api.app).head(`/c/${newToken()}`).expect(404);
  await request(api.app).head(`/u/${mail.unsubscribeToken}`).expect(200);
  expect(await bars(mail, 'education')).toBeNull();
  expect(await api.db.event.count({ where: { sendId: mail.sendId } })).toBe(0);
  await request(api.app).get(path).expect(302);
  expect(await api.db.event.count({ where: { sendId: mail.sendId } })).toBe(1);
});

test('encodes where a click leads', async () => {
  const mail = await aSentMail(api.db, { links: ['https://example.com/日本?q=ü'] });
  const answer = await request(api.app).get(`/c/${mail.clickTokens[0]}`).expect(302);
  expect(answer.headers.location).toBe('https://example.com/%E6%97%A5%E6%9C%AC?q=%C3%BC');
});

test('leads nowhere with a strange token', async () => {
  for (const token of [newToken(), 'x', 'https:%2F%2Fevil.example']) {
    const answer = await request(api.app).get(`/c/${token}`).expect(404).expect('Content-Type', /html/);
    expect(answer.headers.location).toBeUndefined();
  }
});

test('waits out a lock that is held too long', async () => {
  const mail = await aSentMail(api.db);
  const holder = createDb(api.url);
  let status = Promise.resolve(0);
  const hold = async (tx: Tx) => {
    await tx.$queryRaw`select id from contact where id = ${mail.contactId}::uuid for update`;
    status = post(mail.unsubscribeToken).then((answer) => answer.status);
    // Longer than the lock time-out of the first try.
    await tx.$executeRaw`select pg_sleep(2.5)`;
  };
  await inTransaction(holder, hold);
  expect(await status).toBe(200);
  expect(await leaving(mail)).toBe('unsubscribed');
  await holder.$disconnect();
});

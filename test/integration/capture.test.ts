import { v7 } from 'uuid';
import { captureTransport } from '../../activities/providers/mail/capture';
import type { MailMessage } from '../../activities/providers/mail/transport';
import { addressHash } from '../../prisma/address';
import { createDb } from '../../prisma/client';
import { isSuppressed } from '../../prisma/stores/suppressions';
import { testApi, testConfig, type TestApi } from '../api/harness';
import { aSentMail, type SentMail } from '../support/sent-mail';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api.drop());

const aMail = (more: Partial<MailMessage> = {}): MailMessage => ({
  sendId: v7(),
  from: { email: 'guides@example.com', name: 'Guides' },
  to: 'lead@example.com',
  subject: 'Your guide',
  html: '<p>Here it is</p>',
  text: 'Here it is',
  headers: { 'List-Unsubscribe': '<https://n.example.com/u/abc>' },
  ...more,
});
const eventsOf = ({ sendId }: SentMail) => api.db.event.findMany({ where: { sendId, origin: 'capture' } });
const stateOf = async ({ sendId }: SentMail) => (await api.db.send.findUniqueOrThrow({ where: { id: sendId } })).state;
const leaving = async ({ enrollmentId }: SentMail) =>
  (await api.db.enrollment.findUniqueOrThrow({ where: { id: enrollmentId } })).leaving;
const act = (mail: SentMail, deed: string, body?: object) => api.post(`/v1/outbox/${mail.sendId}/${deed}`, body);

test('keeps a mail once, however often it is sent', async () => {
  const [transport, mail] = [captureTransport(api.db), aMail({ to: 'once@example.com' })];
  const answers = await Promise.all([1, 2, 3].map(() => transport.send(mail)));
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(answers[0]).toMatchObject({ kind: 'accepted' });
  const { body } = await api.get('/v1/outbox?to=Once@Example.com').expect(200);
  expect(body.data).toHaveLength(1);
  expect(body.data[0]).toMatchObject({
    sendId: mail.sendId,
    subject: 'Your guide',
    headers: { From: 'Guides <guides@example.com>', 'List-Unsubscribe': '<https://n.example.com/u/abc>' },
    stepId: null,
  });
});

test('refuses the headers that real transports refuse', async () => {
  const answer = await captureTransport(api.db).send(aMail({ headers: { Bcc: 'all@example.com' } }));
  expect(answer.kind).toBe('rejected');
});

test('asks for another try when the database is away', async () => {
  const away = createDb('postgres://nobody@127.0.0.1:1/none');
  const answer = await captureTransport(away, () => 1_000).send(aMail());
  expect(answer).toEqual({ kind: 'retryable', at: 2_000, why: 'the outbox is away' });
  await away.$disconnect();
});

test('pages newest first', async () => {
  const to = 'pages@example.com';
  for (const subject of ['a', 'b', 'c']) await captureTransport(api.db).send(aMail({ to, subject }));
  const first = await api.get(`/v1/outbox?to=${to}&limit=2`).expect(200);
  const second = await api.get(`/v1/outbox?to=${to}&limit=2&cursor=${first.body.next}`).expect(200);
  const subjects = [...first.body.data, ...second.body.data].map(({ subject }: { subject: string }) => subject);
  expect(subjects).toEqual(['c', 'b', 'a']);
  expect(second.body.next).toBeNull();
});

test('clicks the first link as a person', async () => {
  const mail = await aSentMail(api.db);
  await act(mail, 'click').expect(200);
  expect(await eventsOf(mail)).toMatchObject([
    {
      type: 'email.clicked',
      keys: [`contact:${mail.contactId}`],
      properties: { url: 'https://example.com/a', machine: false },
    },
  ]);
  expect(await stateOf(mail)).toBe('delivered');
});

test('clicks a link by either address, as a machine', async () => {
  const mail = await aSentMail(api.db);
  const tracked = `http://127.0.0.1:3000/c/${mail.clickTokens[1]}`;
  await act(mail, 'click', { url: tracked, machine: true }).expect(200);
  await act(mail, 'click', { url: 'https://example.com/b' }).expect(200);
  expect((await eventsOf(mail)).map(({ properties }) => properties)).toEqual([
    { url: 'https://example.com/b', machine: true },
    { url: 'https://example.com/b', machine: false },
  ]);
});

test.each([
  ['open', {}, 'email.opened', 'delivered', null],
  ['bounce', {}, 'email.bounced', 'bounced', 'bounced'],
  ['bounce', { kind: 'soft' }, 'email.bounced', 'bounced', null],
  ['complain', {}, 'email.complained', 'delivered', 'complained'],
  ['unsubscribe', {}, 'email.unsubscribed', 'delivered', 'unsubscribed'],
  ['reply', { text: 'Hi' }, 'email.replied', 'delivered', null],
])('goes the way of a webhook: %s %j', async (deed, body, type, state, outcome) => {
  const mail = await aSentMail(api.db);
  await act(mail, deed, body).expect(200, { sendId: mail.sendId, event: type, outcome: 'applied' });
  expect(await eventsOf(mail)).toMatchObject([{ type }]);
  expect([await stateOf(mail), await leaving(mail)]).toEqual([state, outcome]);
  expect(await api.db.providerEvent.count({ where: { provider: 'capture', sendId: mail.sendId } })).toBe(1);
});

test('unsubscribes from the topic', async () => {
  const mail = await aSentMail(api.db, { topic: 'product' });
  await act(mail, 'unsubscribe').expect(200);
  const bar = await isSuppressed(api.db, addressHash(mail.email), { channel: 'email', topic: 'product' });
  expect(bar?.scope).toBe('topic:product');
});

test('knows no mail that was not captured', async () => {
  await api.post(`/v1/outbox/${v7()}/click`).expect(404);
  await api.post('/v1/outbox/nonsense/click').expect(404);
  await act(await aSentMail(api.db), 'click', { link: 'x' }).expect(400);
});

test('offers no outbox where messages really leave', async () => {
  const sms = { kind: 'twilio', authToken: 'token' } as const;
  const real = await testApi({ config: { ...testConfig, mail: { kind: 'smtp' }, sms } });
  const mail = await aSentMail(real.db);
  await real.get('/v1/outbox').expect(404);
  await real.post(`/v1/outbox/${mail.sendId}/click`).expect(404);
  await real.drop();
});

describe('sends', () => {
  test('lists the ledger by contact and state', async () => {
    const mail = await aSentMail(api.db, { state: 'unknown' });
    const { body } = await api.get(`/v1/sends?contactId=${mail.contactId}&state=unknown`).expect(200);
    expect(body.data).toMatchObject([
      {
        id: mail.sendId,
        key: `${mail.enrollmentId}/1/email`,
        state: 'unknown',
        stepId: 'hello',
        visit: 1,
        template: 'hello',
      },
    ]);
    expect((await api.get(`/v1/sends?contactId=${mail.contactId}&state=accepted`)).body.data).toEqual([]);
    await api.get('/v1/sends?state=lost').expect(400);
  });

  test('resends an unknown one by a retry', async () => {
    const mail = await aSentMail(api.db, { state: 'unknown' });
    await api.post(`/v1/sends/${mail.sendId}/resend`).expect(200);
    expect(api.control.calls.at(-1)).toMatch(new RegExp(`^retry .*/${mail.enrollmentId}$`));
    expect((await api.db.send.findUniqueOrThrow({ where: { id: mail.sendId } })).mayResend).toBe(true);
  });

  test('resends nothing that is known or passed', async () => {
    const [known, passed] = [await aSentMail(api.db), await aSentMail(api.db, { state: 'unknown' })];
    await api.db.enrollment.update({ where: { id: passed.enrollmentId }, data: { visit: 2 } });
    for (const mail of [known, passed]) await api.post(`/v1/sends/${mail.sendId}/resend`).expect(409);
    await api.post(`/v1/sends/${v7()}/resend`).expect(404);
    expect(await api.db.send.count({ where: { id: { in: [known.sendId, passed.sendId] }, mayResend: true } })).toBe(0);
  });

  test('abandons an unknown one, until proved otherwise', async () => {
    const mail = await aSentMail(api.db, { state: 'unknown' });
    const { body } = await api.post(`/v1/sends/${mail.sendId}/abandon`).expect(200);
    expect(body).toMatchObject({ state: 'suppressed', reason: 'abandoned' });
    expect(await api.db.dispatch.findMany({ where: { enrollmentId: mail.enrollmentId } })).toMatchObject([
      { kind: 'wake', visit: 1 },
    ]);
    await api.post(`/v1/sends/${mail.sendId}/abandon`).expect(409);
    await act(mail, 'open').expect(200);
    expect(await stateOf(mail)).toBe('delivered');
  });
});

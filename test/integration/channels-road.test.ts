import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { startFakeServer, type FakeServer } from '../support/fake-server';
import { signedByTwilio, startFakeSms, twilioAccount, type FakeSms } from '../support/fake-sms';
import { poll } from '../support/poll';
import { startTestStack, type TestStack } from '../support/stack';

jest.setTimeout(60_000);

const inAppSecret = 'a secret that the site shares with Nurture';
const publicUrl = 'https://go.example.com';
let stack: TestStack;
let sms: FakeSms;
let receiver: FakeServer;
beforeAll(async () => {
  sms = await startFakeSms();
  receiver = await startFakeServer(() => ({ status: 204 }));
  const account = { kind: 'twilio', ...twilioAccount, baseUrl: sms.url } as const;
  const hosts = { endpointHosts: ['127.0.0.1'], inAppSecret, publicUrl };
  stack = await startTestStack({ sms: account, ...hosts });
}, 60_000);
afterAll(async () => {
  await stack.stop();
  await Promise.all([sms.stop(), receiver.stop()]);
});

async function call(method: string, path: string, body?: unknown, more: Record<string, string> = {}) {
  const headers = { authorization: `Bearer ${stack.apiKey}`, 'content-type': 'application/json', ...more };
  const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
  const response = await fetch(stack.apiUrl + path, { method, headers, ...sent });
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text };
}

async function published(key: string, steps: string): Promise<void> {
  const document = `
journey: ${key}
name: ${key}
explain: A road on another channel than mail.
topic: education
stage: awareness
responsible: tests
review: 90 days
entry: [{ event: form.submitted, where: { form: ${key} } }]
steps:
${steps}`;
  const saved = await call('PUT', `/v1/journeys/${key}`, { document });
  expect(saved.status).toBe(201);
  expect(await call('POST', `/v1/journeys/${key}/publish`, {})).toMatchObject({ status: 200 });
}

async function enters(userId: string, form: string, traits: object): Promise<string> {
  const batch = [
    { type: 'identify', userId, traits },
    { type: 'track', userId, event: 'form.submitted', properties: { form } },
  ];
  expect((await call('POST', '/v1/batch', { batch })).status).toBe(200);
  return poll('the contact', async () => (await call('POST', '/v1/contacts/find', { externalId: userId })).body.id);
}

const enrollmentOf = async (contactId: string) =>
  (await call('GET', `/v1/enrollments?contactId=${contactId}`)).body.data[0];
const endOf = (contactId: string) => poll('the end', async () => (await enrollmentOf(contactId))?.outcome);

test('a click in the inbox leads on', async () => {
  await published(
    'inbox',
    `  - { id: news, kind: message, via: in-app, title: News, url: /news }
  - { id: wait, kind: wait, for: 2 days, on: [{ event: message.clicked, of: news, next: seen }] }
  - { id: late, kind: exit, outcome: late }
  - { id: seen, kind: exit, outcome: seen }`,
  );
  const contactId = await enters('ida', 'inbox', { email: 'ida@example.test' });
  const proof = {
    ...{ authorization: `Bearer ${stack.writeKey}`, 'x-nurture-user': 'ida' },
    'x-nurture-signature': createHmac('sha256', inAppSecret).update('ida').digest('hex'),
  };
  const inbox = () => call('GET', '/v1/in-app/messages', undefined, proof);
  const id = await poll('the message', async () => (await inbox()).body.data[0]?.id);
  expect(await call('POST', `/v1/in-app/messages/${id}/clicked`, {}, proof)).toMatchObject({ status: 200 });
  expect(await endOf(contactId)).toBe('seen');
});

test('an SMS is answered, and the journey ends', async () => {
  await published(
    'texts',
    `  - { id: hello, kind: message, via: sms, text: "Hi {{ contact.firstName }}" }
  - { id: wait, kind: wait, for: 2 days }
  - { id: late, kind: exit, outcome: late }`,
  );
  const phone = '+4915112345678';
  const contactId = await enters('joe', 'texts', { email: 'joe@example.test', firstName: 'Joe', phone });
  const text = await poll('the SMS', () => sms.inbox.find(({ to }) => to === phone));
  expect(text).toMatchObject({ text: 'Hi Joe' });
  const told = async (url: string, fields: Record<string, string>) => {
    const { body, headers } = signedByTwilio(url, fields);
    const { pathname, search } = new URL(url);
    return (await call('POST', pathname + search, body, headers)).status;
  };
  expect(text.statusCallback).toMatch(/^https:\/\/go\.example\.com\/webhooks\/sms\?send=/);
  expect(await told(text.statusCallback, { MessageSid: text.sid, MessageStatus: 'delivered', To: phone })).toBe(200);
  const sends = (await call('GET', `/v1/sends?contactId=${contactId}`)).body.data;
  expect(sends).toMatchObject([{ channel: 'sms', state: 'delivered', transport: 'twilio', template: null }]);
  const incoming = `${publicUrl}/webhooks/sms`;
  expect(await told(incoming, { MessageSid: 'SM-in', From: phone, Body: 'Call me' })).toBe(200);
  expect(await endOf(contactId)).toBe('replied');
});

test('a rep added just now is told', async () => {
  await published(
    'told',
    `  - { id: tell, kind: notify, to: owner, via: [email], text: Hello }
  - { id: done, kind: exit, outcome: done }`,
  );
  const toldOf = async (userId: string) => {
    const contactId = await enters(userId, 'told', { email: `${userId}@example.test`, owner: 'kim' });
    await endOf(contactId);
    const [send] = (await call('GET', `/v1/sends?contactId=${contactId}`)).body.data;
    return [send.state, send.reason];
  };
  // The worker has read the settings then.
  expect(await toldOf('abe')).toEqual(['suppressed', 'nobody-to-tell']);
  const kim = { key: 'kim', name: 'Kim', email: 'kim@example.test' };
  expect((await call('PATCH', '/v1/settings', { reps: [kim] })).status).toBe(200);
  expect(await toldOf('ben')).toEqual(['accepted', null]);
});

test('an endpoint is called for a test, signed', async () => {
  const made = await call('PUT', '/v1/webhook-endpoints/crm', { kind: 'webhook', url: `${receiver.url}/crm` });
  const secret = made.body.secret as string;
  const path = '/v1/webhook-endpoints/crm/test';
  expect((await call('POST', path, {})).body).toEqual({ outcome: 'accepted', why: null });
  const taken = receiver.taken.at(-1);
  expect(new Webhook(secret).verify(taken?.body ?? '', taken?.headers ?? {})).toMatchObject({ type: 'endpoint.test' });
  receiver.script({ kind: 'refuse', status: 410 });
  const refused = { outcome: 'circuit', why: 'the endpoint refuses us (410)' };
  expect((await call('POST', path, {})).body).toEqual(refused);
});

test('a private address is not called, nor told', async () => {
  // As if it had been written by hand, or its name had led elsewhere then.
  const data = { kind: 'webhook', url: 'http://localhost:1/secret-path', secrets: [] };
  await stack.db.webhookEndpoint.create({ data: { key: 'inside', ...data } });
  const answer = await call('POST', '/v1/webhook-endpoints/inside/test', {});
  expect(answer.body).toEqual({ outcome: 'circuit', why: 'its host has an address that is not allowed' });
  expect(JSON.stringify(answer.body)).not.toContain('secret-path');
});

test('a journey names only what is there', async () => {
  const document = {
    ...{ journey: 'typo', name: 'Typo', explain: 'Names an endpoint that is not there.', topic: 'education' },
    ...{ stage: 'awareness', responsible: 'tests', review: '90 days', entry: [{ event: 'form.submitted' }] },
    steps: [{ id: 'tell', kind: 'message', via: 'webhook', to: 'crn' }],
  };
  await call('PUT', '/v1/webhook-endpoints/crm', { kind: 'webhook', url: `${receiver.url}/crm` });
  const { body } = await call('POST', '/v1/journeys/typo/validate', { document });
  expect(JSON.stringify(body)).toContain('did you mean `crm`?');
});

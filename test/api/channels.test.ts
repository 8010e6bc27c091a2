import { createHmac } from 'node:crypto';
import request from 'supertest';
import { v7 } from 'uuid';
import { putInInbox } from '../../prisma/stores/in-app';
import { newToken } from '../../prisma/stores/links';
import { capture } from '../../prisma/stores/outbox';
import { findEndpoint } from '../../prisma/stores/endpoints';
import { signedByTwilio, twilioAccount } from '../support/fake-sms';
import { testApi, testConfig, type TestApi } from './harness';

const inAppSecret = 'a secret that the site shares with Nurture';
const origin = 'https://app.example.com';
const config = {
  ...testConfig,
  sms: { kind: 'twilio', authToken: twilioAccount.authToken } as const,
  inAppSecret,
  inAppOrigins: [origin],
};

let api: TestApi;
beforeAll(async () => void (api = await testApi({ config })));
afterAll(() => api.drop());

async function aContact(userId: string | null, phone: string | null = null): Promise<string> {
  const id = v7();
  await api.db.contact.create({ data: { id, phone } });
  if (userId !== null) await api.db.contactIdentity.create({ data: { kind: 'user', value: userId, contactId: id } });
  return id;
}

async function aSend(contactId: string, channel: string, more: object = {}): Promise<string> {
  const id = v7();
  const of = { contactId, channel, visit: 1, stepId: 'tell', journeyKey: 'notes', state: 'accepted' };
  await api.db.send.create({ data: { id, key: id, ...of, unsubscribeToken: newToken(), ...more } });
  return id;
}

describe('the in-app inbox', () => {
  const proofOf = (user: string, secret = inAppSecret) => ({
    'x-nurture-user': user,
    'x-nurture-signature': createHmac('sha256', secret).update(user).digest('hex'),
  });
  const as = (headers: Record<string, string>) => ({ authorization: `Bearer ${api.browserKey}`, ...headers });
  const messages = '/v1/in-app/messages';
  const inbox = (headers: Record<string, string>, path = messages) => request(api.app).get(path).set(as(headers));
  const deed = (id: string, name: string, headers: Record<string, string>) =>
    request(api.app).post(`${messages}/${id}/${name}`).set(as(headers));

  async function aMessage(contactId: string, title: string): Promise<string> {
    const id = await aSend(contactId, 'in-app');
    await putInInbox(api.db, id, { title, text: null, url: '/pricing' });
    return id;
  }

  test('shows a proven user their own messages', async () => {
    const [ada, bob] = [await aContact('ada'), await aContact('bob')];
    const [first, second] = [await aMessage(ada, 'one'), await aMessage(ada, 'two')];
    await aMessage(bob, 'not hers');
    const { body } = await inbox(proofOf('ada'), `${messages}?limit=1`).expect(200);
    expect(body.data).toMatchObject([{ id: second, title: 'two', text: null, url: '/pricing', readAt: null }]);
    const next = await inbox(proofOf('ada'), `${messages}?limit=1&cursor=${body.next}`).expect(200);
    expect(next.body).toMatchObject({ data: [{ id: first }], next: null });
    expect((await inbox(proofOf('nobody')).expect(200)).body).toEqual({ data: [], next: null });
  });

  const wrong = { ...proofOf('ada'), 'x-nurture-signature': '0'.repeat(64) };
  test.each([
    ['a wrong signature', wrong],
    ["another user's signature", { ...proofOf('bob'), 'x-nurture-user': 'ada' }],
    ['another secret', proofOf('ada', 'some other secret of some site.......')],
    ['no signature', { 'x-nurture-user': 'ada' }],
    ['no user', { 'x-nurture-signature': '0'.repeat(64) }],
    ['a signature of another form', { ...proofOf('ada'), 'x-nurture-signature': 'nonsense' }],
    ['a longer signature', { ...proofOf('ada'), 'x-nurture-signature': `${proofOf('ada')['x-nurture-signature']}00` }],
  ])('%s is 401 and tells nothing', async (_, headers) => {
    const answers = [
      await inbox(headers).expect(401),
      await deed(v7(), 'read', headers).expect(401),
      await inbox({ ...headers, 'x-nurture-user': 'nobody' }).expect(401),
    ];
    const bodies = answers.map(({ body }) => JSON.stringify(body));
    expect(new Set(bodies).size).toBe(1);
    expect(bodies[0]).not.toContain('ada');
  });

  test('without a secret nobody is proven', async () => {
    const shut = await testApi();
    const headers = { authorization: `Bearer ${shut.browserKey}`, ...proofOf('ada', '') };
    await request(shut.app).get(messages).set(headers).expect(401);
    await shut.drop();
  });

  test('needs a key too', async () => {
    await request(api.app).get(messages).set(proofOf('ada')).expect(401);
  });

  test('a click reads what was shown, each once', async () => {
    const contactId = await aContact('cleo');
    const id = await aMessage(contactId, 'click me');
    await deed(id, 'shown', proofOf('cleo')).expect(200, { id });
    await deed(id, 'clicked', proofOf('cleo')).expect(200);
    await deed(id, 'clicked', proofOf('cleo')).expect(200);
    const events = await api.db.event.findMany({ where: { sendId: id, origin: 'in-app' }, orderBy: { seq: 'asc' } });
    expect(events.map(({ type }) => type)).toEqual(['message.shown', 'message.read', 'message.clicked']);
    expect(events[2]).toMatchObject({
      keys: [`contact:${contactId}`],
      properties: { channel: 'in-app', url: '/pricing' },
      fromBrowser: false,
    });
    const { body } = await inbox(proofOf('cleo')).expect(200);
    expect(body.data[0].readAt).not.toBeNull();
    expect((await inbox(proofOf('cleo'), `${messages}?unread=true`)).body.data).toEqual([]);
    expect((await api.db.send.findUniqueOrThrow({ where: { id } })).state).toBe('delivered');
  });

  test("another's message is not there", async () => {
    const id = await aMessage(await aContact('dan'), 'private');
    await aContact('eve');
    for (const user of ['eve', 'nobody']) await deed(id, 'read', proofOf(user)).expect(404);
    expect(await api.db.event.count({ where: { sendId: id, origin: 'in-app' } })).toBe(0);
    expect((await api.db.send.findUniqueOrThrow({ where: { id } })).state).toBe('accepted');
  });

  test('only named sites read it from a browser', async () => {
    const ours = await inbox({ ...proofOf('ada'), origin }).expect(200);
    expect(ours.headers['access-control-allow-origin']).toBe(origin);
    expect(ours.headers.vary).toContain('Origin');
    const theirs = await inbox({ ...proofOf('ada'), origin: 'https://evil.example' }).expect(200);
    expect(theirs.headers['access-control-allow-origin']).toBeUndefined();
    const asked = await request(api.app).options(messages).set({ origin }).expect(204);
    expect(asked.headers['access-control-allow-headers']).toContain('x-nurture-signature');
  });
});

describe('endpoints', () => {
  const path = '/v1/webhook-endpoints/crm';
  const webhook = { kind: 'webhook', url: 'https://crm.example.com/hooks/nurture' };

  test('a secret is made, and shown once', async () => {
    const made = await api.put(path, webhook).expect(200);
    expect(made.body).toMatchObject({ key: 'crm', ...webhook, idempotent: false, secrets: 1 });
    expect(made.body.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const again = await api.put(path, { ...webhook, idempotent: true }).expect(200);
    expect(again.body).toMatchObject({ idempotent: true, secrets: 1, secret: null });
    const got = await api.get(path).expect(200);
    expect(JSON.stringify(got.body)).not.toContain('whsec');
    expect(got.headers.etag).toBe('"2"');
  });

  test('two secrets sign while one replaces another', async () => {
    const before = (await findEndpoint(api.db, 'crm'))?.secrets ?? [];
    const rotated = await api.put(path, { ...webhook, rotate: true }).expect(200);
    expect(rotated.body.secrets).toBe(2);
    expect((await findEndpoint(api.db, 'crm'))?.secrets).toEqual([rotated.body.secret, ...before]);
    const secret = `whsec_${Buffer.from('given by its receiver, long').toString('base64')}`;
    const given = await api.put(path, { ...webhook, secret }).expect(200);
    expect(given.body).toMatchObject({ secrets: 2, secret: null });
    expect((await findEndpoint(api.db, 'crm'))?.secrets).toEqual([secret, rotated.body.secret]);
  });

  test("a chat's URL is its secret", async () => {
    const url = 'https://hooks.example.com/services/T000/B000/XXXX';
    const { body } = await api.put('/v1/webhook-endpoints/team', { kind: 'chat', url }).expect(200);
    expect(body).toMatchObject({ url: 'https://hooks.example.com/…', secrets: 0, secret: null });
    const list = await api.get('/v1/webhook-endpoints').expect(200);
    expect(list.body.data.map(({ key }: { key: string }) => key)).toEqual(['crm', 'team']);
    expect(JSON.stringify(list.body)).not.toContain('B000');
  });

  test.each([
    ['http://crm.example.com/'],
    ['https://user:word@crm.example.com/'],
    ['https://169.254.169.254/latest'],
    ['https://[::1]/'],
    ['https://localhost/'],
    ['file:///etc/passwd'],
  ])('%s is refused', async (url) => {
    const { body } = await api.put('/v1/webhook-endpoints/bad', { kind: 'webhook', url }).expect(400);
    expect(body.errors).toMatchObject([{ pointer: '#/url' }]);
    expect(JSON.stringify(body)).not.toContain('word@');
  });

  test('a stale ETag changes nothing', async () => {
    await api.put(path, webhook).set('If-Match', '"1"').expect(412);
  });

  test('a worker calls it for a test', async () => {
    await api.post(`${path}/test`).expect(200, { outcome: 'accepted', why: null });
    expect(api.control.calls).toContain('test crm');
    await api.post('/v1/webhook-endpoints/none/test').expect(404);
  });

  test('it needs an admin', async () => {
    const headers = { authorization: `Bearer ${api.browserKey}` };
    await request(api.app).get(path).set(headers).expect(403);
    await request(api.app).put(path).set(headers).send(webhook).expect(403);
  });

  test('removed, it is gone', async () => {
    await api.delete(path).expect(204);
    await api.get(path).expect(404);
    await api.delete(path).expect(404);
  });
});

describe('the webhook of SMS', () => {
  const url = `${config.publicUrl}/webhooks/sms`;
  const post = (signed: { body: string; headers: Record<string, string> }, query = '') =>
    request(api.app).post(`/webhooks/sms${query}`).set(signed.headers).send(signed.body);
  const phone = '+4915112345678';
  const suppressed = () => api.db.suppression.findMany({ where: { channel: 'sms' } });

  test('tells what became of a message', async () => {
    const contactId = await aContact(null, phone);
    const sendId = await aSend(contactId, 'sms', { address: phone });
    const query = `?send=${sendId}`;
    const fields = { MessageSid: 'SM1', MessageStatus: 'delivered', To: phone };
    const answer = await post(signedByTwilio(url + query, fields), query).expect(200);
    expect([answer.type, answer.text]).toEqual(['text/xml', '<Response/>']);
    await post(signedByTwilio(url + query, fields), query).expect(200);
    expect(await api.db.send.findUnique({ where: { id: sendId } })).toMatchObject({
      ...{ state: 'delivered', providerMessageId: 'SM1' },
    });
    expect(await api.db.event.count({ where: { sendId, type: 'message.delivered' } })).toBe(1);
  });

  test('an answer is told to whom we wrote', async () => {
    const other = await aContact(null, phone);
    await post(signedByTwilio(url, { MessageSid: 'SM2', From: phone, Body: 'Call me' })).expect(200);
    const events = await api.db.event.findMany({ where: { type: 'message.replied' }, orderBy: { sendId: 'asc' } });
    expect(events).toMatchObject([
      { properties: { channel: 'sms', text: 'Call me' } },
      { properties: { channel: 'sms', text: 'Call me' } },
    ]);
    expect(events.find(({ keys }) => keys[0] === `contact:${other}`)?.sendId).toBeNull();
    expect(await suppressed()).toEqual([]);
  });

  test('STOP opts the number out before it answers', async () => {
    await post(signedByTwilio(url, { MessageSid: 'SM3', From: phone, Body: 'Stop' })).expect(200);
    const stopped = { scope: 'global', reason: 'unsubscribed', source: { origin: 'twilio', event: 'SM3' } };
    // The number, and the two who have it.
    expect(await suppressed()).toMatchObject([stopped, stopped, stopped]);
    expect(JSON.stringify(await suppressed())).not.toContain(phone);
    await post(signedByTwilio(url, { MessageSid: 'SM4', From: phone, Body: 'START' })).expect(200);
    expect(await suppressed()).toEqual([]);
  });

  test.each([
    ['another token', signedByTwilio(url, { MessageSid: 'SM5', From: phone, Body: 'STOP' }, 'wrong')],
    ['another URL', signedByTwilio(`${url}?send=x`, { MessageSid: 'SM5', From: phone, Body: 'STOP' })],
    ['another body', { ...signedByTwilio(url, { MessageSid: 'SM5' }), body: 'MessageSid=SM5&Body=STOP' }],
    ['no signature', { body: 'MessageSid=SM5&Body=STOP', headers: {} }],
  ])('%s is 401 and changes nothing', async (_, signed) => {
    const { body } = await post(signed).expect(401);
    expect(JSON.stringify(body)).not.toContain(twilioAccount.authToken);
    expect(await suppressed()).toEqual([]);
    expect(await api.db.providerEvent.count({ where: { dedupKey: { startsWith: 'SM5' } } })).toBe(0);
  });
});

test('the outbox shows every channel', async () => {
  const common = { subject: '', html: '', headers: {} };
  const [smsId, hookId] = [v7(), v7()];
  await capture(api.db, { sendId: smsId, channel: 'sms', to: '+15005550001', text: 'Hi', payload: null, ...common });
  const payload = { type: 'audience.add', data: {} };
  await capture(api.db, { sendId: hookId, channel: 'webhook', to: 'ads', text: '', payload, ...common });
  const { body } = await api.get('/v1/outbox').expect(200);
  expect(body.data).toMatchObject([
    { sendId: hookId, channel: 'webhook', to: 'ads', payload },
    { sendId: smsId, channel: 'sms', to: '+15005550001', text: 'Hi', payload: null },
  ]);
  expect((await api.get('/v1/outbox?channel=sms').expect(200)).body.data).toHaveLength(1);
  await api.post(`/v1/outbox/${smsId}/click`).expect(404);
});

test('a preview shows who owns the contact', async () => {
  const reps = [{ key: 'rita', name: 'Rita', email: 'rita@example.com', meetingUrl: 'https://meet.example.com/rita' }];
  await api.patch('/v1/settings', { reps }).expect(200);
  const html = '<p>Book <a href="{{ owner.meetingUrl }}">with {{ owner.name }}</a></p>';
  await api.put('/v1/templates/book', { subject: 'Book', html, class: 'marketing' }).expect(201);
  const contactId = await aContact(null);
  await api.db.contact.update({ where: { id: contactId }, data: { owner: 'Rita@Example.com' } });
  const { body } = await api.post('/v1/templates/book/preview', { contactId }).expect(200);
  expect(body.html).toContain('<a href="https://meet.example.com/rita">with Rita</a>');
});

test.each([
  [{ senders: [{ key: 'News', name: 'News', email: 'news@example.com' }] }, '#/senders/0/key'],
  [{ reps: [{ key: 'rita', name: 'Rita', email: 'rita@example.com', phone: '0151' }] }, '#/reps/0/phone'],
  [{ reps: [{ key: 'rita', name: 'R', email: 'r@a.de', meetingUrl: 'javascript:alert(1)' }] }, '#/reps/0/meetingUrl'],
  [{ teams: [1, 2].map(() => ({ key: 'sales', name: 'Sales' })) }, '#/teams'],
])('%j is refused', async (settings, pointer) => {
  const { body } = await api.patch('/v1/settings', settings).expect(400);
  expect(body.errors).toMatchObject([{ pointer }]);
});

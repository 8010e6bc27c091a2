import { gzipSync } from 'node:zlib';
import request from 'supertest';
import { testApi, type TestApi } from './harness';

describe('ingestion', () => {
  let api: TestApi;
  beforeAll(async () => void (api = await testApi()));
  afterAll(() => api.drop());

  const stored = (messageId: string) =>
    api.db.event.findUniqueOrThrow({ where: { origin_messageId: { origin: 'http', messageId } } });

  test('stores a track as an event', async () => {
    const body = { messageId: 'track-1', userId: 'ada', event: 'form.submitted', properties: { form: 'guide' } };
    const answer = await api.post('/v1/track', body).expect(200);
    expect(answer.body).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
    expect(await stored('track-1')).toMatchObject({
      type: 'form.submitted',
      keys: ['user:ada'],
      properties: { form: 'guide' },
      fromBrowser: false,
      processed: false,
    });
  });

  test('the same event fifty times is one', async () => {
    const body = { messageId: 'many', userId: 'ada', event: 'demo.requested' };
    const answers = await Promise.all(Array.from({ length: 50 }, () => api.post('/v1/track', body).expect(200)));
    const sum = (name: 'accepted' | 'duplicates') => answers.reduce((total, { body: { [name]: n } }) => total + n, 0);
    expect([sum('accepted'), sum('duplicates')]).toEqual([1, 49]);
    expect(await api.db.event.count({ where: { messageId: 'many' } })).toBe(1);
  });

  test('a batch keeps its order and answers per item', async () => {
    const item = (n: number) => ({ type: 'track', messageId: `batch-${n}`, userId: 'ada', event: `step.${n}` });
    const batch = [item(1), { ...item(2), event: 'email.clicked' }, item(3), item(3), { type: 'track', event: 'x' }];
    const answer = await api.post('/v1/batch', { batch, sentAt: new Date().toISOString() }).expect(200);
    expect(answer.body).toMatchObject({
      accepted: 2,
      duplicates: 1,
      rejected: [
        { index: 1, messageId: 'batch-2', errors: [{ pointer: '#/event' }] },
        { index: 4, messageId: null, errors: [{ pointer: '#/userId' }] },
      ],
    });
    const rows = await api.db.event.findMany({
      where: { messageId: { startsWith: 'batch-' } },
      orderBy: { seq: 'asc' },
    });
    expect(rows.map(({ messageId }) => messageId)).toEqual(['batch-1', 'batch-3']);
  });

  test.each([
    ['userId', 'undefined'],
    ['userId', '0'],
    ['anonymousId', 'Anonymous'],
    ['anonymousId', ' null '],
    ['previousId', '[object Object]'],
  ])('nobody is called %s %s', async (name, id) => {
    const item = { type: 'alias', userId: 'ada', previousId: 'before', event: 'step', [name]: id };
    const refused = await api.post('/v1/alias', item).expect(400);
    expect(refused.body.errors).toMatchObject([
      { pointer: `#/${name}`, detail: expect.stringContaining('where it knows nobody') },
    ]);
    const batch = [item, { type: 'track', userId: 'ada', event: 'step' }];
    const { body } = await api.post('/v1/batch', { batch }).expect(200);
    expect(body).toMatchObject({ accepted: 1, rejected: [{ index: 0, errors: [{ pointer: `#/${name}` }] }] });
  });

  test('events are numbered as they came, not by id', async () => {
    const order = ['order-c', 'order-a', 'order-b'];
    await api
      .post('/v1/batch', { batch: order.map((messageId) => ({ type: 'page', userId: 'a', messageId })) })
      .expect(200);
    const rows = await api.db.event.findMany({ where: { messageId: { in: order } }, orderBy: { seq: 'asc' } });
    expect(rows.map(({ messageId }) => messageId)).toEqual(order);
  });

  test('crossing batches do not block each other', async () => {
    const ids = Array.from({ length: 300 }, (_, n) => `cross-${n}`);
    const items = ids.map((messageId) => ({ type: 'track', messageId, userId: messageId, event: 'e' }));
    const bodies = Array.from({ length: 8 }, (_, n) => ({ batch: n % 2 === 0 ? items : [...items].reverse() }));
    await Promise.all(bodies.map((body) => api.post('/v1/batch', body).expect(200)));
    const [blocked] = await api.db.$queryRaw<{ deadlocks: bigint }[]>`
      SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`;
    expect(blocked?.deadlocks).toBe(0n);
    expect(await api.db.event.count({ where: { messageId: { startsWith: 'cross-' } } })).toBe(300);
  });

  test('an identify uses the names of the contact', async () => {
    const traits = {
      email: ' Ada@Example.TEST ',
      name: 'Ada King Lovelace',
      lastName: 'Lovelace',
      title: 'Countess',
      company: { name: 'Analytical Engines', employee_count: 2, plan: 'pro' },
      address: { country: 'GB' },
      plan: 'trial',
    };
    await api.post('/v1/identify', { messageId: 'identify-1', userId: 'ada', anonymousId: 'anon', traits }).expect(200);
    const event = await stored('identify-1');
    expect(event).toMatchObject({
      type: 'contact.identified',
      keys: ['user:ada', 'email:ada@example.test', 'anonymous:anon'],
    });
    expect(event.traits).toEqual({
      email: 'ada@example.test',
      name: 'Ada King Lovelace',
      firstName: 'Ada King',
      lastName: 'Lovelace',
      jobTitle: 'Countess',
      company: 'Analytical Engines',
      companySize: 2,
      companyDetails: { plan: 'pro' },
      address: { country: 'GB' },
      country: 'GB',
      plan: 'trial',
    });
  });

  test('a company may be a plain name', async () => {
    await api
      .post('/v1/identify', { messageId: 'identify-2', userId: 'ada', traits: { company: 'Engines' } })
      .expect(200);
    expect((await stored('identify-2')).traits).toEqual({ company: 'Engines' });
  });

  test('a group sets fields of the company', async () => {
    const traits = { name: 'Engines', employees: 12, industry: 'machines', plan: 'pro' };
    await api.post('/v1/group', { messageId: 'group-1', userId: 'ada', groupId: 'g1', traits }).expect(200);
    const expected = { company: 'Engines', companySize: 12, industry: 'machines', group: { id: 'g1', plan: 'pro' } };
    expect((await stored('group-1')).traits).toEqual(expected);
  });

  test('an alias names the id before', async () => {
    await api.post('/v1/alias', { messageId: 'alias-1', userId: 'ada', previousId: 'anon-7' }).expect(200);
    expect((await stored('alias-1')).keys).toEqual(['user:ada', 'anonymous:anon-7']);
  });

  test('a page is viewed where its context says', async () => {
    const context = { page: { url: 'https://x.test/p', path: '/p', title: 'P', search: '?a' } };
    await api.post('/v1/page', { messageId: 'page-1', anonymousId: 'a', name: 'Pricing', context }).expect(200);
    const event = await stored('page-1');
    expect(event.type).toBe('page.viewed');
    expect(event.properties).toEqual({ url: 'https://x.test/p', path: '/p', title: 'P', name: 'Pricing' });
  });

  test('a screen is a viewed screen', async () => {
    await api.post('/v1/screen', { messageId: 'screen-1', anonymousId: 'a', name: 'Home' }).expect(200);
    expect(await stored('screen-1')).toMatchObject({ type: 'screen.viewed', properties: { name: 'Home' } });
  });

  test('a wrong client clock is corrected', async () => {
    const clientNow = Date.now() + 3 * 3_600_000;
    const body = {
      messageId: 'skew',
      userId: 'ada',
      event: 'e',
      timestamp: new Date(clientNow - 60_000).toISOString(),
      sentAt: new Date(clientNow).toISOString(),
    };
    await api.post('/v1/track', body).expect(200);
    const { occurredAt } = await stored('skew');
    expect(Math.abs(occurredAt.getTime() - (Date.now() - 60_000))).toBeLessThan(5_000);
  });

  test('nothing happens after it has arrived', async () => {
    const body = { messageId: 'future', userId: 'ada', event: 'e', timestamp: '2999-01-01T00:00:00Z' };
    await api.post('/v1/track', body).expect(200);
    const { occurredAt, receivedAt } = await stored('future');
    expect(occurredAt.getTime()).toBeLessThanOrEqual(receivedAt.getTime());
  });

  test('without a message id the same content is one event', async () => {
    const body = { userId: 'nobody-twice', event: 'e', timestamp: '2026-01-01T00:00:00Z' };
    await api.post('/v1/track', body).expect(200);
    expect((await api.post('/v1/track', body).expect(200)).body).toMatchObject({ accepted: 0, duplicates: 1 });
    const timeless = { userId: 'nobody-twice', event: 'e' };
    for (const _ of [1, 2]) expect((await api.post('/v1/track', timeless).expect(200)).body.accepted).toBe(1);
  });

  test('unknown fields are kept', async () => {
    await api.post('/v1/track', { messageId: 'further', userId: 'a', event: 'e', tenant: 'x' }).expect(200);
    expect((await stored('further')).context).toEqual({ further: { tenant: 'x' } });
  });

  test('a gzipped body is inflated', async () => {
    const body = gzipSync(JSON.stringify({ messageId: 'gzip', userId: 'a', event: 'e' }));
    await request(api.app)
      .post('/v1/track')
      .auth(api.serverKey, '')
      .set({ 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' })
      .serialize((raw: unknown) => raw as string)
      .send(body)
      .expect(200);
    expect((await stored('gzip')).type).toBe('e');
  });

  test('a beacon carries its key in the body', async () => {
    const body = JSON.stringify({ writeKey: api.browserKey, messageId: 'beacon', anonymousId: 'a', event: 'e' });
    await request(api.app).post('/v1/t').set('Content-Type', 'text/plain').send(body).expect(200);
    expect(await stored('beacon')).toMatchObject({ fromBrowser: true, context: {} });
  });

  test('any page may ask first', async () => {
    const answer = await request(api.app)
      .options('/v1/t')
      .set({ Origin: 'https://shop.test', 'Access-Control-Request-Headers': 'authorization,x-retry-count' })
      .expect(204);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'authorization,x-retry-count',
    });
    await request(api.app).options('/v1/contacts/find').expect(204);
  });
});

import { gzipSync } from 'node:zlib';
import request from 'supertest';
import { testApi, type TestApi } from './harness';

describe('bad input', () => {
  let api: TestApi;
  beforeAll(async () => void (api = await testApi()));
  afterAll(() => api.drop());
  afterEach(async () => expect(await api.db.event.count()).toBe(0));

  const event = { userId: 'ada', event: 'demo.requested' };
  const deep = (levels: number): object => (levels === 0 ? {} : { x: deep(levels - 1) });
  const raw = (path: string, body: string | Buffer, headers: Record<string, string> = {}) =>
    request(api.app)
      .post(path)
      .set({ Authorization: `Bearer ${api.serverKey}`, 'Content-Type': 'application/json', ...headers })
      .serialize((text: unknown) => text as string)
      .send(body);

  test.each<[name: string, body: object, pointer: string]>([
    ['an event of 33 KB', { ...event, properties: { text: 'x'.repeat(33 * 1024) } }, '#'],
    ['no id at all', { event: 'demo.requested' }, '#/userId'],
    ['an empty id', { ...event, userId: ' ' }, '#/userId'],
    ['an id of 513 characters', { ...event, userId: 'x'.repeat(513) }, '#/userId'],
    ['an id with a line break', { ...event, userId: 'a\nb' }, '#/userId'],
    ['an id that is no text', { ...event, userId: { id: 1 } }, '#/userId'],
    ['a long message id', { ...event, messageId: 'x'.repeat(513) }, '#/messageId'],
    ['no event name', { userId: 'ada' }, '#/event'],
    ['an event name of 201 characters', { ...event, event: 'x'.repeat(201) }, '#/event'],
    ['a reserved event name', { ...event, event: 'email.clicked' }, '#/event'],
    ['a reserved name in capitals', { ...event, event: ' Journey.Entered' }, '#/event'],
    ['properties that are a list', { ...event, properties: [1] }, '#/properties'],
    ['properties nested too deep', { ...event, properties: deep(33) }, `#/properties${'/x'.repeat(31)}`],
    ['a NUL character', { ...event, properties: { text: 'a\u0000b' } }, '#/properties/text'],
    ['a NUL character in a key', { ...event, properties: { 'a\u0000b': 1 } }, '#/properties'],
    ['half of a surrogate pair', { ...event, properties: { list: ['\ud800'] } }, '#/properties/list/0'],
    ['a date that is none', { ...event, timestamp: 'yesterday' }, '#/timestamp'],
    ['the 30th of February', { ...event, timestamp: '2026-02-30T00:00:00Z' }, '#/timestamp'],
    ['a date that is a number', { ...event, timestamp: 12 }, '#/timestamp'],
  ])('%s is refused', async (_name, body, pointer) => {
    const answer = await raw('/v1/track', JSON.stringify(body)).expect(400);
    expect(answer.type).toBe('application/problem+json');
    expect(answer.body).toMatchObject({ code: 'validation-failed', errors: [{ pointer, detail: expect.any(String) }] });
    const batch = await raw('/v1/batch', JSON.stringify({ batch: [{ ...body, type: 'track' }] })).expect(200);
    expect(batch.body).toMatchObject({ accepted: 0, rejected: [{ index: 0, errors: [{ pointer }] }] });
  });

  test('an address that is none is refused', async () => {
    const answer = await api.post('/v1/identify', { userId: 'a', traits: { email: 'nobody' } }).expect(400);
    expect(answer.body.errors).toMatchObject([{ pointer: '#/traits/email' }]);
  });

  test.each(['owner', 'lifecycleStage', 'targetAccount', 'consent'])('a browser key may not send %s', async (name) => {
    const body = { anonymousId: 'a', traits: { [name]: 'x' } };
    const answer = await api.post('/v1/identify', body).auth(api.browserKey, '').expect(400);
    expect(answer.body.errors).toEqual([{ in: 'body', pointer: `#/traits/${name}`, detail: 'needs a server key' }]);
  });

  test.each(['not json', '{"a":', '', '[1]', '"text"', 'null'])('the body %j is refused', async (body) => {
    const answer = await raw('/v1/track', body).expect(400);
    expect(['invalid-json', 'validation-failed']).toContain(answer.body.code);
    expect(JSON.stringify(answer.body)).not.toContain('not json');
  });

  test('text that is not UTF-8 is refused', async () => {
    const answer = await raw('/v1/track', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])).expect(400);
    expect(answer.body.code).toBe('invalid-json');
  });

  test('a body of 10 MB is refused', async () => {
    const answer = await raw('/v1/batch', JSON.stringify({ batch: ['x'.repeat(10_000_000)] })).expect(413);
    expect(answer.body).toMatchObject({ code: 'too-large', status: 413 });
  });

  test('a gzip bomb is stopped', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, 0x20));
    expect(bomb.length).toBeLessThan(100_000);
    await raw('/v1/batch', bomb, { 'Content-Encoding': 'gzip' }).expect(413);
  });

  test('what is called gzip must be gzip', async () => {
    await raw('/v1/batch', '{}', { 'Content-Encoding': 'gzip' }).expect(400);
    await raw('/v1/batch', '{}', { 'Content-Encoding': 'rot13' }).expect(415);
  });

  test('a batch of 1,001 is refused as a whole', async () => {
    const batch = Array.from({ length: 1001 }, () => ({ ...event, type: 'track' }));
    const answer = await api.post('/v1/batch', { batch }).expect(400);
    expect(answer.body.errors).toMatchObject([{ pointer: '#/batch' }]);
    await api.post('/v1/batch', {}).expect(400);
  });

  test('items that are no objects are listed', async () => {
    const answer = await raw('/v1/batch', '{"batch":[null,1,"x",[],{"type":"dance"}]}').expect(200);
    expect(answer.body.rejected.map(({ index }: { index: number }) => index)).toEqual([0, 1, 2, 3, 4]);
  });

  test('a body nested without end does not end us', async () => {
    const body = `{"batch":[${'['.repeat(200_000)}${']'.repeat(200_000)}]}`;
    const answer = await raw('/v1/batch', body).expect(200);
    expect(answer.body.rejected[0].errors[0].detail).toContain('nested deeper');
    const draft = `{"document":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    await raw('/v1/contacts/find', draft).expect(400);
  });

  test.each([
    ['no key', {}],
    ['a wrong key', { Authorization: 'Bearer nk_wrong' }],
    ['a wrong user name', { Authorization: `Basic ${Buffer.from('nk_wrong:').toString('base64')}` }],
    ['another scheme', { Authorization: 'Digest x' }],
    ['an empty key', { Authorization: 'Bearer ' }],
  ])('%s is a 401', async (_name, headers) => {
    for (const path of ['/v1/track', '/v1/contacts/find']) {
      const answer = await request(api.app).post(path).set(headers).send(event).expect(401);
      expect(answer.body.code).toBe('unauthenticated');
      expect(answer.headers['www-authenticate']).toContain('Bearer');
    }
  });

  test('a browser key reads nothing', async () => {
    const read = await request(api.app).get('/v1/contacts').auth(api.browserKey, '').expect(403);
    expect(read.body.code).toBe('forbidden');
    await request(api.app).post('/v1/contacts/find').auth(api.browserKey, '').send({ email: 'a@b.test' }).expect(403);
  });

  test('bad text is refused everywhere', async () => {
    const answer = await raw('/v1/contacts/find', '{"externalId":"a\\u0000"}').expect(400);
    expect(answer.body.errors).toMatchObject([{ pointer: '#/externalId' }]);
    await api.get('/v1/contacts?q=%00').expect(400);
    await api.get('/v1/journeys/%00').expect(404);
    await raw('/v1/contacts/find', '{"externalId":"\\ud800"}').expect(400);
  });

  test('unknown fields and parameters are refused', async () => {
    const body = await api.post('/v1/contacts/find', { email: 'a@b.test', colour: 'red' }).expect(400);
    expect(body.body.code).toBe('validation-failed');
    const query = await api.get('/v1/contacts?colour=red').expect(400);
    expect(query.body.errors).toEqual([{ in: 'query', pointer: '#/colour', detail: 'Unknown field.' }]);
  });
});

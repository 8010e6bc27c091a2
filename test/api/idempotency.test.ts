import { testApi, type TestApi } from './harness';
import { aContact, publishedJourney } from './people';

describe('Idempotency-Key', () => {
  let api: TestApi;
  let contactId: string;
  beforeAll(async () => {
    api = await testApi();
    await publishedJourney(api.db, 'once');
    contactId = await aContact(api.db, { email: 'a@x.test' });
  });
  afterAll(() => api.drop());

  const enroll = (key: string, body: object = { contactId }) =>
    api.post('/v1/journeys/once/enrollments', body).set('Idempotency-Key', key);

  test('the first answer is given again', async () => {
    const first = await enroll('k1').expect(201);
    const again = await enroll('k1').expect(201);
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotency-replayed']).toBe('true');
    await api.post('/v1/journeys/once/enrollments', { contactId }).expect(409);
  });

  test('another body under the same key is refused', async () => {
    const answer = await enroll('k1', { email: 'a@x.test' }).expect(422);
    expect(answer.body.code).toBe('idempotency-mismatch');
  });

  test('another path under the same key is refused', async () => {
    await api.post('/v1/journeys/once/publish', {}).set('Idempotency-Key', 'k1').expect(422);
  });

  test('a problem is an answer too', async () => {
    const first = await enroll('k2').expect(409);
    const again = await enroll('k2').expect(409);
    expect(again.body).toEqual(first.body);
    expect(again.type).toBe('application/problem+json');
  });

  test('one under way is not begun again', async () => {
    let release: () => void = () => undefined;
    api.control.onCall = () => new Promise((resolve) => (release = resolve));
    const { id } = await api.db.enrollment.findFirstOrThrow();
    const skip = () => api.post(`/v1/enrollments/${id}/skip`).set('Idempotency-Key', 'k3');
    const first = skip().then((answer) => answer);
    while (api.control.calls.length === 0) await new Promise(setImmediate);
    const second = await skip().expect(409);
    expect(second.body.code).toBe('idempotency-in-flight');
    release();
    expect((await first).status).toBe(200);
    api.control.onCall = () => Promise.resolve();
    await skip().expect(200);
    expect(api.control.calls).toHaveLength(1);
  });

  test('our own failure may be tried again', async () => {
    const { id } = await api.db.enrollment.findFirstOrThrow();
    const retry = () => api.post(`/v1/enrollments/${id}/retry`).set('Idempotency-Key', 'k4');
    api.control.onCall = () => Promise.reject(new Error('secret words'));
    const failed = await retry().expect(500);
    expect(JSON.stringify(failed.body)).not.toContain('secret');
    expect(failed.body).toEqual({
      type: 'urn:nurture:problem:internal',
      title: 'Something went wrong on our side',
      status: 500,
      code: 'internal',
    });
    api.control.onCall = () => Promise.resolve();
    await retry().expect(200);
  });

  test('a request whose process died is taken over', async () => {
    await enroll('k5').expect(409);
    await api.db.idempotentRequest.updateMany({
      where: { key: 'k5' },
      data: { status: null, createdAt: new Date(Date.now() - 61_000) },
    });
    await enroll('k5').expect(409);
    const row = await api.db.idempotentRequest.findFirstOrThrow({ where: { key: 'k5' } });
    expect(row.status).toBe(409);
  });

  test('a key must be printable', async () => {
    await enroll('x'.repeat(256)).expect(400);
    await enroll('a b').expect(400);
  });
});

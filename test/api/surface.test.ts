import request from 'supertest';
import { createDb } from '../../prisma/client';
import { testApi, type TestApi } from './harness';

describe('the surface', () => {
  let api: TestApi;
  beforeAll(async () => void (api = await testApi()));
  afterAll(() => api.drop());

  test('health and readiness need no key', async () => {
    await request(api.app).get('/healthz').expect(200, { status: 'ok' });
    await request(api.app).get('/readyz').expect(200, { status: 'ok', database: 'ok', temporal: 'ok' });
  });

  test('an absent Temporal makes it unready', async () => {
    api.control.ping = () => Promise.reject(new Error('away'));
    const answer = await request(api.app).get('/readyz').expect(503);
    expect(answer.body).toEqual({ status: 'away', database: 'ok', temporal: 'away' });
    expect(answer.headers['retry-after']).toBeDefined();
    api.control.ping = () => Promise.resolve();
  });

  test('an absent database is a 503', async () => {
    const db = createDb('postgresql://nobody@127.0.0.1:1/none');
    const cut = await testApi({ db });
    for (const answer of [await cut.get('/v1/contacts'), await cut.post('/v1/track', { userId: 'a', event: 'e' })]) {
      expect(answer.status).toBe(503);
      expect(answer.body.code).toBe('database-away');
      expect(answer.headers['retry-after']).toBe('5');
    }
    await request(cut.app).get('/healthz').expect(200);
    expect((await request(cut.app).get('/readyz').expect(503)).body.database).toBe('away');
    await db.$disconnect();
    await cut.drop();
  });

  test('an unknown path is a problem', async () => {
    const answer = await api.get('/v1/nothing').expect(404);
    expect(answer.type).toBe('application/problem+json');
    expect(answer.body).toMatchObject({ type: 'urn:nurture:problem:not-found', code: 'not-found', status: 404 });
  });

  test('a wrong method names the right ones', async () => {
    const answer = await request(api.app).delete('/healthz').expect(405);
    expect(answer.body.code).toBe('method-not-allowed');
    expect(answer.headers.allow).toBe('OPTIONS, GET');
  });

  test('a malformed path is a problem', async () => {
    const answer = await api.get('/v1/contacts/%zz').expect(400);
    expect(answer.body.code).toBe('bad-request');
  });

  test('metrics count requests by route', async () => {
    await request(api.app).get('/healthz');
    const answer = await request(api.app).get('/metrics').expect(200);
    expect(answer.text).toContain('nurture_http_request_seconds_count{method="GET",route="/healthz",status="200"}');
  });

  test('the docs page and its parts come from here', async () => {
    const page = await request(api.app).get('/docs').expect(200).expect('Content-Type', /html/);
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
    const parts = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '');
    expect(parts.length).toBe(4);
    for (const part of parts) await request(api.app).get(part).expect(200);
  });
});

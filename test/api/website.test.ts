import request from 'supertest';
import { testApi, type TestApi } from './harness';

const [ours, below, foreign] = ['https://www.example.com', 'https://shop.example.org', 'https://evil.test'];

let api: TestApi;
beforeAll(async () => void (api = await testApi()));
afterAll(() => api.drop());

const setWebsite = (website: object) => api.patch('/v1/settings', { website }).expect(200);
const preflight = (origin: string, path = '/v1/batch') =>
  request(api.app).options(path).set({ Origin: origin, 'Access-Control-Request-Headers': 'content-type' });
const beacon = (origin: string | null, messageId: string) => {
  const batch = [{ type: 'track', event: 'e', anonymousId: 'a', messageId }];
  const asked = request(api.app).post('/v1/batch').set('Content-Type', 'text/plain');
  if (origin !== null) void asked.set('Origin', origin);
  return asked.send(JSON.stringify({ writeKey: api.browserKey, batch }));
};

describe('the script', () => {
  test('comes with tag and time to keep', async () => {
    const answer = await request(api.app)
      .get('/n.js')
      .expect(200)
      .expect('Content-Type', /javascript/);
    expect(answer.headers).toMatchObject({
      'cache-control': 'public, max-age=300',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    });
    expect(answer.headers['content-encoding']).toBe('gzip');
    const plain = await request(api.app).get('/n.js').set('Accept-Encoding', 'identity').expect(200);
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.text).toBe(answer.text);
  });

  test('is not sent again unchanged', async () => {
    const { headers } = await request(api.app).get('/n.js');
    for (const tag of [headers.etag, `W/${headers.etag}`, `"other", ${headers.etag}`]) {
      const again = await request(api.app).get('/n.js').set('If-None-Match', String(tag)).expect(304);
      expect(again.text).toBe('');
    }
  });

  test('follows the settings', async () => {
    const before = await request(api.app).get('/n.js');
    await setWebsite({ cookies: 'after-consent' });
    const after = await request(api.app).get('/n.js').set('If-None-Match', String(before.headers.etag)).expect(200);
    expect(after.headers.etag).not.toBe(before.headers.etag);
    expect(after.text).toContain('"cookies":"after-consent"');
    await setWebsite({});
  });
});

describe('pages of named sites', () => {
  beforeAll(() => setWebsite({ origins: [ours, 'https://*.example.org'] }));
  afterAll(() => setWebsite({}));

  test.each([ours, below, 'https://a.b.example.org', 'http://127.0.0.1:3000'])('%s may send', async (origin) => {
    const asked = await preflight(origin).expect(204);
    expect(asked.headers).toMatchObject({ 'access-control-allow-origin': origin, 'access-control-max-age': '7200' });
    expect(asked.headers.vary).toContain('Origin');
    const sent = await beacon(origin, `of ${origin}`).expect(200);
    expect(sent.headers['access-control-allow-origin']).toBe(origin);
  });

  test.each([
    foreign,
    'https://example.org',
    'http://shop.example.org',
    'https://shop.example.org:8443',
    'https://notexample.org',
    'https://www.example.com.evil.test',
  ])('%s may not', async (origin) => {
    const asked = await preflight(origin).expect(204);
    expect(Object.keys(asked.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    const sent = await beacon(origin, `of ${origin}`).expect(403);
    expect(sent.headers['access-control-allow-origin']).toBeUndefined();
    expect(sent.body.detail).toContain('settings.website.origins');
    expect(await api.db.event.count({ where: { messageId: `of ${origin}` } })).toBe(0);
  });

  test('a page that hides its origin may send', async () => {
    const sent = await beacon('null', 'hidden').expect(200);
    expect(sent.headers['access-control-allow-origin']).toBeUndefined();
    await beacon(null, 'no page at all').expect(200);
  });

  test('a server key is not asked where from', async () => {
    const answer = await api.post('/v1/track', { userId: 'u', event: 'e' }).set('Origin', foreign).expect(200);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });
});

test('bad origins are refused', async () => {
  for (const origin of ['*', 'https://*', 'https://*.com', 'https://*.co.uk', 'www.example.com', `${ours}/`, 'null']) {
    const answer = await api.patch('/v1/settings', { website: { origins: [origin] } }).expect(400);
    expect(answer.body.errors[0]).toMatchObject({ pointer: '#/website/origins/0' });
  }
});

test('what a crawler does is no behaviour', async () => {
  const crawler = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
  const person = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/146.0 Safari/537.36';
  const properties = async (agent: string, messageId: string) => {
    await beacon(null, messageId).set('User-Agent', agent).expect(200);
    return (await api.db.event.findFirstOrThrow({ where: { messageId } })).properties;
  };
  expect(await properties(crawler, 'crawled')).toEqual({ machine: true });
  expect(await properties(person, 'seen')).toEqual({});
  await api.post('/v1/track', { userId: 'u', event: 'e', messageId: 'told' }).set('User-Agent', crawler).expect(200);
  expect((await api.db.event.findFirstOrThrow({ where: { messageId: 'told' } })).properties).toEqual({});
});

describe('the demonstration site', () => {
  let demo: TestApi;
  beforeAll(async () => void (demo = await testApi({ demoKey: 'nw_demo' })));
  afterAll(() => demo.drop());

  test('is there with a browser key alone', async () => {
    for (const path of ['/demo', '/demo/pricing', '/demo/demo.js', '/demo/style.css']) {
      await request(demo.app).get(path).expect(200);
      await request(api.app).get(path).expect(404);
    }
    await request(demo.app)
      .get('/demo/nothing')
      .expect(404)
      .expect('Content-Type', /problem/);
  });

  test('names the script, and leads to its pages', async () => {
    const page = await request(demo.app).get('/demo').expect(200);
    expect(page.text).toContain('<script src="/n.js" data-key="nw_demo"');
    const paths = [...page.text.matchAll(/(?:href|src)="(\/[^"]*)"/g)].map(([, path]) => path ?? '');
    for (const path of new Set(paths)) await request(demo.app).get(path).expect(200);
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
  });
});

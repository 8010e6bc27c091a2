import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Analytics } from '@segment/analytics-node';
import { createApp } from '../../api/app';
import { pretendBrowser } from './browser';
import { testApi, testConfig, type TestApi } from './harness';
import { pino } from 'pino';

describe('Segment’s libraries, pointed here', () => {
  let api: TestApi;
  let server: Server;
  let url: string;

  beforeAll(async () => {
    api = await testApi();
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { db, control } = api;
    const config = { ...testConfig, publicUrl: url };
    server.on('request', createApp({ db, control, config, log: pino({ level: 'silent' }), now: () => new Date() }));
  });

  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await api.drop();
  });

  const events = () => api.db.event.findMany({ orderBy: { seq: 'asc' } });

  test('the Node library delivers every kind of call', async () => {
    const analytics = new Analytics({ host: url, writeKey: api.serverKey, flushAt: 6 });
    const failures: unknown[] = [];
    analytics.on('error', (error) => failures.push(error));
    const traits = { email: 'Ada@Example.test', firstName: 'Ada', title: 'Countess' };
    analytics.identify({ userId: 'ada', traits });
    analytics.track({ userId: 'ada', event: 'demo.requested', properties: { product: 'engine' } });
    analytics.page({ userId: 'ada', name: 'Pricing', properties: { url: 'https://x.test/pricing' } });
    analytics.screen({ userId: 'ada', name: 'Home' });
    analytics.group({ userId: 'ada', groupId: 'g1', traits: { name: 'Engines' } });
    analytics.alias({ userId: 'ada', previousId: 'anon-1' });
    await analytics.closeAndFlush();
    expect(failures).toEqual([]);
    const rows = await events();
    expect(rows.map(({ type }) => type)).toEqual([
      'contact.identified',
      'demo.requested',
      'page.viewed',
      'screen.viewed',
      'contact.identified',
      'contact.identified',
    ]);
    expect(rows[0]).toMatchObject({
      keys: ['user:ada', 'email:ada@example.test'],
      traits: { email: 'ada@example.test', firstName: 'Ada', jobTitle: 'Countess' },
      fromBrowser: false,
    });
    expect(rows[1]?.properties).toEqual({ product: 'engine' });
    expect(rows[5]?.keys).toEqual(['user:ada', 'anonymous:anon-1']);
    await api.db.event.deleteMany();
  });

  test('the browser library finds its settings and sends', async () => {
    pretendBrowser('https://shop.test/pricing?utm_source=newsletter');
    const { AnalyticsBrowser } = await import('@segment/analytics-next');
    const [analytics] = await AnalyticsBrowser.load({ writeKey: api.browserKey, cdnURL: url });
    await analytics.page('Pricing');
    await analytics.track('form.submitted', { form: 'beginners-guide' });
    await analytics.identify('grace', { email: 'Grace@Navy.test', name: 'Grace Hopper' });
    const rows = await events();
    expect(rows.map(({ type }) => type)).toEqual(['page.viewed', 'form.submitted', 'contact.identified']);
    const [anonymous] = rows[0]?.keys ?? [];
    expect(anonymous).toMatch(/^anonymous:[0-9a-f-]{36}$/);
    expect(rows[1]).toMatchObject({ keys: [anonymous], properties: { form: 'beginners-guide' }, fromBrowser: true });
    expect(rows[2]).toMatchObject({
      keys: ['user:grace', 'email:grace@navy.test', anonymous],
      traits: { email: 'grace@navy.test', firstName: 'Grace', lastName: 'Hopper' },
      context: { campaign: { source: 'newsletter' } },
    });
  });
});

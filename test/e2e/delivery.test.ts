import { snippet, startWebsite, type Pages, type Visit, type Website } from '../support/website';
import { poll } from '../support/poll';

const pages: Pages = (apiUrl, tag) => ({
  '/manual': { head: snippet + tag(' data-page="manual"') },
});

let website: Website;
let visit: Visit;
beforeAll(async () => void (website = await startWebsite(pages)), 60_000);
afterAll(() => website.close());
beforeEach(async () => {
  await website.set({});
  visit = await website.visit();
});

describe('what is lost on the way', () => {
  test.each(['away', 'busy', 'answer lost'])('is sent again: %s', async (fault) => {
    const ids: string[] = [];
    let count = 0;
    await visit.page.route('**/v1/batch', async (route) => {
      count += 1;
      ids.push(
        ...JSON.parse(route.request().postData() ?? '').batch.map((one: { messageId: string }) => one.messageId),
      );
      if (count > 2) return route.continue();
      if (fault === 'away') return route.abort();
      if (fault === 'busy') return route.fulfill({ status: 503, headers: { 'Access-Control-Allow-Origin': '*' } });
      await route.fetch();
      return route.abort();
    });
    await visit.page.clock.install();
    await visit.open('/manual');
    await visit.ready();
    await visit.call('track', 'once');
    await poll('three attempts', async () => {
      await visit.page.clock.runFor(5_000);
      return ids.length >= 3;
    });
    expect(new Set(ids).size).toBe(1);
    await visit.arrived(1);
    expect(await visit.types()).toEqual(['once']);
  });

  test('is sent by the next page', async () => {
    await visit.page.route('**/v1/batch', (route) => route.abort());
    await visit.open('/manual');
    await visit.ready();
    const failed = visit.page.waitForEvent('requestfailed');
    await visit.call('track', 'kept');
    await failed;
    await visit.page.waitForFunction("nurture('track', 'with-it'), true");
    await visit.open('/manual');
    await visit.page.unroute('**/v1/batch');
    await visit.open('/manual');
    await visit.arrived(2);
    expect((await visit.types()).sort()).toEqual(['kept', 'with-it']);
    expect(await visit.page.evaluate('sessionStorage.length')).toBe(0);
  });

  test('what is told all the time is sent', async () => {
    const sent = visit.posts();
    await visit.page.clock.install();
    await visit.open('/manual');
    await visit.ready();
    await visit.page.evaluate("setInterval(() => nurture('track', 'beat'), 100)");
    await visit.page.clock.runFor(1_000);
    await poll('a request', () => sent.length > 0);
  });

  test('after a glance elsewhere it goes on', async () => {
    await visit.page.clock.install();
    await visit.open('/manual');
    await visit.ready();
    await failing('first');
    await look('hidden');
    await look('visible');
    await visit.page.clock.runFor(2_000);
    await visit.call('track', 'second');
    await visit.page.clock.runFor(1_000);
    await visit.arrived(2);
    await poll('what was kept', async () => {
      await visit.page.clock.runFor(1_000);
      return (await kept()).length === 0;
    });
    expect((await visit.types()).sort()).toEqual(['first', 'second']);
  });

  test('hidden twice, both are kept', async () => {
    await visit.page.clock.install();
    await visit.page.route('**/v1/batch', (route) => route.abort());
    await visit.open('/manual');
    await visit.ready();
    await failing('first');
    await look('hidden');
    expect(await kept()).toEqual(['first']);
    await look('visible');
    await visit.call('track', 'second');
    await look('hidden');
    await look('hidden');
    expect(await kept()).toEqual(['first', 'second']);
    await visit.page.unroute('**/v1/batch');
    await visit.open('/manual');
    await visit.arrived(2);
    expect((await visit.types()).sort()).toEqual(['first', 'second']);
  });

  test('what is under way is not sent after a refusal', async () => {
    let answer = () => {};
    const refused = new Promise<void>((resolve) => (answer = resolve));
    let count = 0;
    await visit.page.route('**/v1/batch', async (route) => {
      count += 1;
      if (count === 1) await refused;
      return route.abort();
    });
    await visit.page.clock.install();
    await visit.open('/manual');
    await visit.ready();
    await visit.call('track', 'unwanted');
    await poll('a request', async () => {
      await visit.page.clock.runFor(200);
      return count === 1;
    });
    await visit.call('consent', false);
    const failed = visit.page.waitForEvent('requestfailed');
    answer();
    await failed;
    await heard();
    await visit.page.clock.runFor(120_000);
    expect([count, await kept()]).toEqual([1, []]);
  });

  const look = (state: string) =>
    visit.page.evaluate(
      `Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true }); document.dispatchEvent(new Event('visibilitychange'))`,
    );
  const kept = async () =>
    visit.page.evaluate<string[]>("JSON.parse(sessionStorage.nurture_unsent || '[]').map(({ event }) => event)");
  /** Until the request that tells of this has failed, and the script knows. */
  const failing = async (event: string) => {
    await visit.page.route('**/v1/batch', (route) => route.abort(), { times: 1 });
    const failed = visit.page.waitForEvent('requestfailed');
    await visit.call('track', event);
    await visit.page.clock.runFor(200);
    await failed;
    await heard();
  };
  /** Until the page has heard of what came back before. */
  const heard = () => visit.page.evaluate("fetch('/').then(() => undefined)");

  test('many events go in several parts', async () => {
    const sizes: number[] = [];
    visit.page.on('request', (request) => void sizes.push(request.postDataBuffer()?.length ?? 0));
    await visit.open('/manual');
    await visit.ready();
    await visit.page.evaluate("for (let i = 0; i < 120; i++) nurture('track', 'many', { i, text: 'ä'.repeat(500) })");
    expect(await visit.arrived(120)).toHaveLength(120);
    // What a page may send while it is being left; a letter such as these has two bytes.
    expect(Math.max(...sizes)).toBeLessThan(64 * 1024);
    expect(Math.max(...sizes)).toBeGreaterThan(30_000);
  });
});

describe('origins', () => {
  test('pages of other sites are refused', async () => {
    await website.set({ origins: [website.site.origin] });
    const failed = visit.page.waitForEvent('requestfailed');
    await visit.page.goto(website.site.foreignOrigin);
    await failed;
    expect(await visit.types()).toEqual([]);
    const [url, key] = [`${website.apiUrl}/v1/page`, website.api.browserKey];
    const headers = JSON.stringify({ authorization: `Bearer ${key}`, 'content-type': 'application/json' });
    const asked = `fetch('${url}', { method: 'POST', headers: ${headers}, body: '{}' })`;
    const blocked = await visit.page.evaluate(`${asked}.then(() => 'answered', () => 'blocked')`);
    expect(blocked).toBe('blocked');
    await visit.open('/');
    expect((await visit.arrived(1)).map(({ type }) => type)).toEqual(['page.viewed']);
  });
});

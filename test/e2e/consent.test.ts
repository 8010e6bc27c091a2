import { startWebsite, snippet, type Visit, type Website } from '../support/website';
import { poll } from '../support/poll';

let website: Website;
let visit: Visit;
beforeAll(
  async () =>
    void (website = await startWebsite((_, tag) => ({ '/manual': { head: snippet + tag(' data-page="manual"') } }))),
  60_000,
);
afterAll(() => website.close());
beforeEach(async () => {
  await website.set({});
  visit = await website.visit();
});

describe('before consent', () => {
  const stored = () => visit.page.evaluate('[document.cookie, localStorage.length, sessionStorage.length]');

  test('nothing is stored and nothing sent', async () => {
    await website.set({ cookies: 'after-consent' });
    const sent = visit.posts();
    await visit.page.clock.install();
    await visit.open('/');
    await visit.ready();
    await visit.call('track', 'quiet');
    await visit.call('identify', { email: 'quiet@x.test' });
    await visit.page.clock.runFor(120_000);
    await visit.page.evaluate("history.pushState({}, '', '/pricing')");
    await visit.page.clock.runFor(120_000);
    expect(await stored()).toEqual(['', 0, 0]);
    expect(await visit.cookies()).toEqual([]);
    await visit.open('/pricing');
    await visit.ready();
    expect([sent, await visit.types()]).toEqual([[], []]);
  });

  test('consent sends what was held, in order', async () => {
    await website.set({ cookies: 'after-consent' });
    await visit.open('/');
    await visit.ready();
    await visit.call('track', 'held');
    const heldAt = Date.now();
    await poll('time to pass', () => Date.now() > heldAt + 500);
    await visit.call('consent', true);
    const seen = await visit.arrived(2);
    expect(seen.map(({ type }) => type)).toEqual(['page.viewed', 'held']);
    expect(seen[1]?.occurredAt.getTime()).toBeLessThan(heldAt + 250);
    expect(await visit.id()).toMatch(/^[\da-f-]{36}$/);
    await visit.open('/next');
    expect((await visit.arrived(3)).at(-1)?.keys).toEqual([`anonymous:${await visit.id()}`]);
  });

  test('consent in another tab is heard', async () => {
    await website.set({ cookies: 'after-consent' });
    await visit.open('/manual');
    await visit.ready();
    await visit.call('track', 'held');
    const other = await visit.context.newPage();
    await other.goto(`${website.site.origin}/manual?other`);
    await other.waitForFunction('nurture.loaded');
    await other.evaluate("nurture('consent', true)");
    await visit.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await visit.arrived(1);
    await visit.call('track', 'after');
    expect((await visit.arrived(2)).map(({ type }) => type)).toEqual(['held', 'after']);
  });

  test('no consent forgets what was held', async () => {
    await website.set({ cookies: 'after-consent' });
    await visit.open('/');
    await visit.ready();
    await visit.call('track', 'held');
    await visit.call('consent', false);
    await visit.call('track', 'after');
    expect(await stored()).toEqual(['', 0, 0]);
    await visit.call('consent', true);
    await visit.call('track', 'only-this');
    await visit.arrived(1);
    expect(await visit.types()).toEqual(['only-this']);
  });

  test('consent taken back takes the id away', async () => {
    await website.set({ cookies: 'after-consent' });
    await visit.open('/manual');
    await visit.ready();
    await visit.call('consent', true);
    await visit.call('track', 'known');
    await visit.arrived(1);
    await visit.call('consent', false);
    await visit.call('track', 'unknown');
    expect(await stored()).toEqual(['', 0, 0]);
    await visit.open('/');
    await visit.ready();
    expect(await stored()).toEqual(['', 0, 0]);
    expect(await visit.types()).toEqual(['known']);
  });

  test('an earlier cookie is no consent', async () => {
    await visit.open('/');
    await visit.arrived(1);
    await website.set({ cookies: 'after-consent' });
    await visit.context.newCDPSession(visit.page).then((session) => session.send('Network.clearBrowserCache'));
    const sent = visit.posts();
    await visit.page.clock.install();
    await visit.open('/pricing');
    await visit.ready();
    await visit.page.clock.runFor(60_000);
    expect(sent).toEqual([]);
  });
});

describe('who does not want it', () => {
  test('is not told of, and stays so', async () => {
    await visit.open('/manual');
    await visit.ready();
    await visit.call('consent', false);
    expect(await visit.cookies()).toEqual([{ name: 'nurture_id', value: 'off' }]);
    const sent = visit.posts();
    await visit.page.clock.install();
    await visit.open('/');
    await visit.ready();
    await visit.call('track', 'unwanted');
    await visit.page.clock.runFor(60_000);
    expect([sent, await visit.types()]).toEqual([[], []]);
  });

  test.each([
    ['globalPrivacyControl', true],
    ['doNotTrack', '1'],
  ])('may say so by %s', async (name, value) => {
    await visit.page.addInitScript(
      `Object.defineProperty(Navigator.prototype, '${name}', { get: () => ${JSON.stringify(value)} })`,
    );
    const sent = visit.posts();
    await visit.page.clock.install();
    await visit.open('/');
    await visit.ready();
    await visit.page.clock.runFor(60_000);
    expect([sent, await visit.cookies()]).toEqual([[], []]);
    await visit.call('consent', true);
    await visit.page.clock.runFor(1_000);
    await visit.arrived(1);
  });

  test('is not heard where the settings say so', async () => {
    await website.set({ privacySignals: false });
    await visit.page.addInitScript(
      "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })",
    );
    await visit.open('/');
    await visit.arrived(1);
  });
});

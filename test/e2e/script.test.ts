import { snippet, startWebsite, type Pages, type Visit, type Website } from '../support/website';
import { poll } from '../support/poll';

/** What a strict site allows: our script, and sending to us. */
const policyOf = (apiUrl: string) => `default-src 'none'; script-src ${apiUrl}; connect-src ${apiUrl}`;

const pages: Pages = (apiUrl, tag) => ({
  '/twice': { head: snippet + tag() + tag() },
  '/manual': { head: snippet + tag(' data-page="manual"') },
  '/strict': { head: tag(), headers: { 'Content-Security-Policy': policyOf(apiUrl) } },
  '/late': { head: `${snippet}${tag().replace('async ', '')}<script defer src="/late.js"></script>` },
  '/late.js': { script: "nurture('page', 'Late')" },
  '/managed': {
    head: `<script async src="${apiUrl}/n.js?key=${/data-key="([^"]+)"/.exec(tag())?.[1] ?? ''}"></script>`,
  },
  '/private': { head: tag(' data-leave-out="email reset-token"') },
  '/wrong-key': { head: tag().replace(/data-key="[^"]+"/, 'data-key="nw_wrong"') },
});

let website: Website;
let visit: Visit;
beforeAll(async () => void (website = await startWebsite(pages)), 60_000);
afterAll(() => website.close());
beforeEach(async () => {
  await website.set({});
  visit = await website.visit();
});

describe('what is told', () => {
  test('a page view says where, when and who', async () => {
    await visit.open('/pricing?plan=team&utm_source=news&utm_campaign=spring#table');
    const [event] = await visit.arrived(1);
    expect(event).toMatchObject({
      ...{ origin: 'http', type: 'page.viewed', fromBrowser: true, keys: [`anonymous:${await visit.id()}`] },
      properties: {
        ...{ url: `${website.site.origin}/pricing?plan=team&utm_source=news&utm_campaign=spring`, path: '/pricing' },
        ...{ search: '?plan=team&utm_source=news&utm_campaign=spring', title: 'Page /pricing', referrer: '' },
      },
      context: { timezone: 'Europe/Berlin', locale: 'en-GB', campaign: { source: 'news', name: 'spring' } },
    });
    expect(Math.abs((event?.occurredAt.getTime() ?? 0) - Date.now())).toBeLessThan(20_000);
  });

  test('a tag without attributes has its key', async () => {
    await visit.open('/managed');
    expect((await visit.arrived(1))[0]?.properties).toMatchObject({ path: '/managed' });
  });

  test('what is left out stays here', async () => {
    await visit.open('/private?email=jo@example.test&plan=team&reset-token=x');
    await visit.arrived(1);
    await visit.open('/private?reset-token=x');
    const seen = (await visit.arrived(2)).map(({ properties }) => properties);
    const url = `${website.site.origin}/private`;
    expect(seen[0]).toMatchObject({ url: `${url}?plan=team`, search: '?plan=team' });
    expect(JSON.stringify(seen)).not.toMatch(/example|token/);
  });

  test('calls before the script are kept', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    await visit.page.route('**/n.js', async (route) => gate.then(() => route.continue()));
    await visit.page.goto(website.site.origin, { waitUntil: 'commit' });
    await visit.page.waitForFunction('window.nurture');
    await visit.call('track', 'early', { n: 1 });
    await visit.call('track', 'later', { n: 2 });
    const calledAt = Date.now();
    await poll('time to pass', () => Date.now() > calledAt + 300);
    release();
    const [early, later, view] = await visit.arrived(3);
    expect([early?.type, later?.type, view?.type]).toEqual(['early', 'later', 'page.viewed']);
    expect(early?.occurredAt.getTime()).toBeLessThan(calledAt + 150);
  });

  test('a person is told by identify', async () => {
    await visit.open('/manual');
    await visit.call('identify', 'user-1', { email: 'Jo@Example.test', firstName: 'Jo' });
    await visit.call('identify', { company: 'Acme' });
    const [first, second] = await visit.arrived(2);
    const anonymous = `anonymous:${await visit.id()}`;
    expect(first).toMatchObject({
      ...{ type: 'contact.identified', traits: { firstName: 'Jo', email: 'jo@example.test' } },
      keys: ['user:user-1', 'email:jo@example.test', anonymous],
    });
    expect(second).toMatchObject({ keys: [anonymous], traits: { company: 'Acme' } });
    expect(JSON.stringify(await visit.cookies())).not.toMatch(/user-1|example/i);
  });

  test('an unknown command is no error', async () => {
    await visit.open('/manual');
    await visit.ready();
    const warned = visit.page.waitForEvent('console');
    await visit.call('dance');
    expect((await warned).text()).toBe('Nurture knows no "dance"');
    await visit.call('track', 'after');
    expect((await visit.arrived(1)).map(({ type }) => type)).toEqual(['after']);
  });

  test('a refused key is shown to who looks', async () => {
    const warned = visit.page.waitForEvent('console', (message) => message.text().startsWith('Nurture refused'));
    await visit.open('/wrong-key');
    expect((await warned).type()).toBe('warning');
    expect(await visit.types()).toEqual([]);
  });

  test('a strict policy is kept', async () => {
    const complaints: string[] = [];
    visit.page.on('console', (message) => complaints.push(message.text()));
    await visit.open('/strict');
    await visit.arrived(1);
    expect(complaints).toEqual([]);
  });
});

describe('navigation', () => {
  test('without a reload each address is one view', async () => {
    await visit.open('/');
    await visit.arrived(1);
    await visit.page.evaluate("history.pushState({}, '', '/pricing'); document.title = 'Prices'");
    await visit.arrived(2);
    await visit.page.evaluate("history.replaceState({}, '', '/pricing?sort=up'); location.hash = 'table'");
    await visit.page.evaluate("history.pushState({}, '', '/a'); history.pushState({}, '', '/b')");
    await visit.arrived(3);
    await visit.page.evaluate('history.go(-2)');
    const seen = (await visit.arrived(4)).map(
      ({ properties }) => properties as { path: string; title: string; referrer: string },
    );
    expect(seen.map(({ path }) => path)).toEqual(['/', '/pricing', '/b', '/pricing']);
    expect(seen[1]).toMatchObject({ title: 'Prices', referrer: `${website.site.origin}/` });
  });

  test('routes behind # are pages of their own', async () => {
    await visit.open('/app#/home');
    await visit.arrived(1);
    await visit.page.evaluate("location.hash = '#!/pricing?plan=team'");
    await visit.arrived(2);
    await visit.page.evaluate("location.hash = '#/'");
    const seen = (await visit.arrived(3)).map(({ properties }) => properties as { path: string; url: string });
    expect(seen.map(({ path }) => path)).toEqual(['/home', '/pricing', '/']);
    expect(seen[1]?.url).toBe(`${website.site.origin}/app#!/pricing?plan=team`);
  });

  test('an explicit view counts instead', async () => {
    await visit.page.addInitScript(
      "window.nurture = function () { (nurture.q = nurture.q || []).push([Date.now(), ...arguments]) }; nurture('page', 'Home', { plan: 'x' })",
    );
    await visit.open('/');
    await visit.ready();
    await visit.call('track', 'last');
    const [view] = await visit.arrived(2);
    expect(view?.properties).toMatchObject({ name: 'Home', plan: 'x', path: '/' });
    expect(await visit.types()).toEqual(['page.viewed', 'last']);
  });

  test('so does one of a script that comes later', async () => {
    await visit.open('/late');
    await visit.ready();
    await visit.call('track', 'last');
    expect((await visit.arrived(2))[0]?.properties).toMatchObject({ name: 'Late', path: '/late' });
    expect(await visit.types()).toEqual(['page.viewed', 'last']);
  });

  test('a manual page views nothing by itself', async () => {
    await visit.open('/manual');
    await visit.ready();
    await visit.page.evaluate("history.pushState({}, '', '/elsewhere')");
    await visit.call('page');
    await visit.call('track', 'last');
    await visit.arrived(2);
    expect(await visit.types()).toEqual(['page.viewed', 'last']);
  });

  test('two tags in a page are one', async () => {
    await visit.open('/twice');
    await visit.ready();
    await visit.page.waitForLoadState('networkidle');
    await visit.call('track', 'last');
    await visit.arrived(2);
    expect(await visit.types()).toEqual(['page.viewed', 'last']);
  });

  test('leaving takes along what was not sent', async () => {
    await visit.page.addInitScript(
      'const send = navigator.sendBeacon.bind(navigator); navigator.sendBeacon = (...given) => { sessionStorage.beacons = 1; return send(...given) }',
    );
    await visit.open('/');
    await visit.arrived(1);
    await visit.page.evaluate("nurture('track', 'late'); location.href = '/manual'");
    await visit.page.waitForURL('**/manual');
    expect((await visit.arrived(2)).map(({ type }) => type)).toEqual(['page.viewed', 'late']);
    expect(await visit.page.evaluate('sessionStorage.beacons')).toBe('1');
  });
});

describe('one visitor', () => {
  test('keeps one id from page to page', async () => {
    await visit.open('/');
    await visit.open('/pricing');
    const [first, second] = await visit.arrived(2);
    expect(first?.keys).toEqual(second?.keys);
    const [cookie] = await visit.context.cookies(website.site.origin);
    expect(cookie).toMatchObject({ name: 'nurture_id', sameSite: 'Lax', path: '/', domain: '127.0.0.1' });
    expect(cookie?.expires).toBeGreaterThan(Date.now() / 1000 + 300 * 86_400);
  });

  // Safari forgets what a script wrote seven days after it was written last.
  test('is renewed by each page', async () => {
    await visit.open('/');
    await visit.arrived(1);
    const cookies = await visit.context.cookies(website.site.origin);
    const nearlyOver = cookies.map((cookie) => ({ ...cookie, expires: Date.now() / 1000 + 3_600 }));
    await visit.context.addCookies(nearlyOver);
    await visit.open('/pricing');
    await visit.arrived(2);
    const [cookie] = await visit.context.cookies(website.site.origin);
    expect(cookie?.expires).toBeGreaterThan(Date.now() / 1000 + 300 * 86_400);
    expect(cookie?.value).toBe(cookies[0]?.value);
  });

  test('becomes another by signing in as another', async () => {
    await visit.open('/manual');
    await visit.call('track', 'before');
    await visit.call('identify', 'ann');
    const ann = await visit.id();
    await visit.call('identify', 'ann', { plan: 'team' });
    expect(await visit.id()).toBe(ann);
    await visit.call('identify', 'bob');
    expect(await visit.id()).not.toBe(ann);
    const keys = (await visit.arrived(4)).map((event) => event.keys.at(-1));
    expect(keys.map((key) => key === keys[0])).toEqual([true, true, true, false]);
  });

  test('becomes another by reset', async () => {
    await visit.open('/manual');
    await visit.call('identify', 'ann');
    const before = await visit.id();
    await visit.call('reset');
    await visit.call('track', 'after');
    expect(await visit.id()).not.toBe(before);
    expect((await visit.arrived(2)).at(-1)?.keys).toEqual([`anonymous:${await visit.id()}`]);
  });

  test('without cookies is kept in storage', async () => {
    await visit.page.addInitScript(
      "Object.defineProperty(Document.prototype, 'cookie', { get: () => '', set: () => {} })",
    );
    await visit.open('/');
    await visit.arrived(1);
    await visit.open('/pricing');
    const [first, second] = await visit.arrived(2);
    expect(first?.keys).toEqual(second?.keys);
    expect(await visit.cookies()).toEqual([]);
  });
});

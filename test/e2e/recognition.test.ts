import { newVisitor, openBrowser } from '../support/browser';
import { mailed } from '../support/mailed';
import { pumped } from '../support/pump';
import { snippet, startWebsite, type Visit, type Website } from '../support/website';

let website: Website;
let visit: Visit;
beforeAll(async () => {
  website = await startWebsite((_, tag) => ({ '/manual': { head: snippet + tag(' data-page="manual"') } }));
}, 60_000);
afterAll(() => website.close());
beforeEach(async () => {
  await website.set({ origins: [website.site.origin] });
  visit = await website.visit();
});

/** The link of a mail to this address, which leads to this page of the site. */
async function aLink(email: string, path: string) {
  const { contactId, link } = await mailed(website.api.db, email, website.site.origin + path);
  return { contactId, url: website.apiUrl + link };
}

async function ownerOf(id: string | undefined): Promise<string | undefined> {
  await pumped(website.api.db);
  const where = { kind_value: { kind: 'anonymous', value: id ?? '' } };
  return (await website.api.db.contactIdentity.findUnique({ where }))?.contactId;
}

test('a click in a mail tells whose visit it is', async () => {
  await visit.open('/');
  await visit.arrived(1);
  const { contactId, url } = await aLink('a1@x.test', '/pricing?plan=team#table');
  await visit.page.goto(url);
  await visit.ready();
  expect(visit.page.url()).toBe(`${website.site.origin}/pricing?plan=team#table`);
  const view = (await visit.arrived(4)).filter(({ type }) => type === 'page.viewed').at(-1);
  expect(view?.properties).toMatchObject({ url: `${website.site.origin}/pricing?plan=team`, path: '/pricing' });
  expect(await ownerOf(await visit.id())).toBe(contactId);
  expect(await website.api.db.event.count({ where: { contactId, type: 'page.viewed' } })).toBe(2);
});

test.each([
  ['/manual?nrt=TOKEN', '/manual'],
  ['/manual?a=1&nrt=TOKEN', '/manual?a=1'],
  ['/manual?nrt=TOKEN&b=x%20y+z', '/manual?b=x%20y+z'],
  ['/manual?a=1&nrt=TOKEN&b=2#c', '/manual?a=1&b=2#c'],
])('%s becomes %s', async (before, after) => {
  await visit.open(before);
  await visit.ready();
  expect(visit.page.url()).toBe(website.site.origin + after);
});

test('before consent the browser is nobody', async () => {
  await website.set({ origins: [website.site.origin], cookies: 'after-consent' });
  const { contactId, url } = await aLink('a2@x.test', '/pricing');
  await visit.page.goto(url);
  await visit.ready();
  expect(visit.page.url()).toBe(`${website.site.origin}/pricing`);
  expect(await visit.cookies()).toEqual([]);
  await visit.call('consent', true);
  await visit.arrived(3);
  expect(await ownerOf(await visit.id())).toBe(contactId);
});

test.each([
  ['what is none', '/manual?nrt=x'],
  ['one that is over', `/manual?nrt=${'x'.repeat(60)}`],
])('%s cuts nobody off from their past', async (_, path) => {
  await visit.page.clock.install();
  await visit.open('/manual');
  await visit.ready();
  await visit.call('track', 'before');
  await visit.page.clock.runFor(1_000);
  await visit.arrived(1);
  const before = await visit.id();
  await visit.open(path);
  await visit.ready();
  await visit.page.clock.runFor(16 * 60_000);
  await visit.call('track', 'after');
  await visit.call('identify', { email: 'same@x.test' });
  expect(await visit.id()).toBe(before);
});

test('a browser driven by a program is nobody', async () => {
  const robot = await openBrowser({ automated: true });
  const context = await newVisitor(robot);
  const { contactId, url } = await aLink('a3@x.test', '/pricing');
  const page = await context.newPage();
  await page.goto(url);
  await visit.arrived(2);
  await pumped(website.api.db);
  expect(await website.api.db.event.count({ where: { contactId, type: 'page.viewed' } })).toBe(0);
  await robot.close();
});

test('a browser that is known stays who it is', async () => {
  await visit.open('/manual');
  await visit.call('identify', { email: 'known@x.test' });
  await visit.arrived(1);
  const known = await ownerOf(await visit.id());
  const { contactId, url } = await aLink('a4@x.test', '/manual');
  await visit.page.goto(url);
  await visit.call('track', 'still-known');
  await visit.arrived(3);
  expect(await ownerOf(await visit.id())).toBe(known);
  expect(await website.api.db.event.count({ where: { contactId, type: 'still-known' } })).toBe(0);
});

// The colleague to whom a mail was forwarded, who then says who they are.
test('who is told apart later keeps their own visits', async () => {
  const { contactId, url } = await aLink('a5@x.test', '/manual');
  await visit.page.goto(url);
  await visit.call('track', 'as-forwarded');
  await visit.arrived(3);
  expect(await ownerOf(await visit.id())).toBe(contactId);
  await visit.call('identify', { email: 'colleague@x.test' });
  await visit.call('track', 'as-themselves');
  await visit.arrived(5);
  const own = await ownerOf(await visit.id());
  expect(own).not.toBe(contactId);
  const [event] = await website.api.db.event.findMany({ where: { type: 'as-themselves' } });
  expect(event?.contactId).toBe(own);
});

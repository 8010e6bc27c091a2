import request from 'supertest';
import { createApp } from '../../api/app';
import { signVisit } from '../../api/ingest/visit-token';
import { readSecret } from '../../prisma/stores/secrets';
import { testApi, testConfig, type TestApi } from '../api/harness';
import { mailed as aMailed, type Mailed } from '../support/mailed';
import { pumped, silent } from '../support/pump';

const site = 'https://www.example.com';
const browser = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/146.0 Safari/537.36';

let api: TestApi;
let now = new Date();
beforeAll(async () => {
  api = await testApi({ now: () => now });
  await api.patch('/v1/settings', { website: { origins: [site] } }).expect(200);
});
beforeEach(() => {
  now = new Date();
});
afterAll(() => api.drop());

const mailed = (email: string, url = `${site}/pricing`) => aMailed(api.db, email, url);

const follow = (link: string, headers: Record<string, string> = {}) =>
  request(api.app)
    .get(link)
    .set({ 'User-Agent': browser, ...headers })
    .redirects(0)
    .expect(302);

async function tokenOf({ link }: Mailed): Promise<string> {
  return new URL((await follow(link)).headers.location ?? '').searchParams.get('nrt') ?? '';
}

const recognitions = (contactId: string) => api.db.event.count({ where: { contactId, type: 'contact.recognised' } });

let count = 0;
async function view(anonymousId: string, nrt?: string, more: object = {}): Promise<void> {
  count += 1;
  const context = { ...(nrt !== undefined && { nrt }), page: { path: '/pricing' } };
  const item = { type: 'page', anonymousId, messageId: `view-${count}`, context, ...more };
  const body = JSON.stringify({ writeKey: api.browserKey, batch: [item] });
  const { body: answer } = await request(api.app).post('/v1/batch').send(body).set('Origin', site).expect(200);
  expect(answer).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
}

async function viewsOf(contactId: string): Promise<number> {
  await pumped(api.db);
  return api.db.event.count({ where: { contactId, type: 'page.viewed' } });
}

async function ownerOf(anonymousId: string): Promise<string | undefined> {
  await pumped(api.db);
  const where = { kind_value: { kind: 'anonymous', value: anonymousId } };
  return (await api.db.contactIdentity.findUnique({ where }))?.contactId;
}

describe('a click in a mail', () => {
  test('brings a parameter to sites of ours', async () => {
    const { link } = await mailed('a1@x.test', `${site}/pricing?plan=team#table`);
    const { location } = (await follow(link)).headers;
    expect(location).toMatch(/^https:\/\/www\.example\.com\/pricing\?plan=team&nrt=[\w-]{60}#table$/);
  });

  test('brings none to other sites', async () => {
    const { link } = await mailed('a2@x.test', 'https://partner.test/offer');
    expect((await follow(link)).headers.location).toBe('https://partner.test/offer');
  });

  test.each([
    ['a scanner', { 'User-Agent': 'python-requests/2.32' }],
    ['a browser without a head', { 'User-Agent': browser.replace('Chrome', 'HeadlessChrome') }],
    ['a prefetch', { 'Sec-Purpose': 'prefetch;prerender' }],
    ['a script', { 'Sec-Fetch-Mode': 'cors' }],
  ])('by %s brings none', async (name, headers) => {
    const { link } = await mailed(`${name.replaceAll(' ', '-')}@x.test`);
    expect((await follow(link, headers)).headers.location).toBe(`${site}/pricing`);
  });

  test('brings none where the settings say so', async () => {
    const { link } = await mailed('a3@x.test');
    const website = { origins: [site], recogniseClicks: false };
    await api.patch('/v1/settings', { website }).expect(200);
    expect((await follow(link)).headers.location).toBe(`${site}/pricing`);
    await api.patch('/v1/settings', { website: { origins: [site] } }).expect(200);
  });

  test('names nobody', async () => {
    const person = await mailed('a4@x.test');
    const bytes = Buffer.from(await tokenOf(person), 'base64url').toString('hex');
    expect(bytes).not.toContain(person.contactId.replaceAll('-', ''));
  });
});

describe('a visit that follows', () => {
  test('is the contact from now on', async () => {
    const person = await mailed('b1@x.test');
    await view('b1', await tokenOf(person));
    await view('b1');
    expect(await viewsOf(person.contactId)).toBe(2);
    const [told] = await api.db.event.findMany({ where: { type: 'contact.recognised', contactId: person.contactId } });
    expect(told).toMatchObject({ origin: 'visit', sendId: person.sendId, fromBrowser: false, processed: true });
  });

  test('brings along what the visitor did before', async () => {
    const person = await mailed('b2@x.test');
    await view('b2');
    const visitor = await ownerOf('b2');
    expect(visitor).not.toBe(person.contactId);
    await view('b2', await tokenOf(person));
    expect(await viewsOf(person.contactId)).toBe(2);
    const { mergedInto } = await api.db.contact.findUniqueOrThrow({ where: { id: visitor ?? '' } });
    expect(mergedInto).toBe(person.contactId);
  });

  test('may say which user they are', async () => {
    const person = await mailed('b10@x.test');
    await view('b10', await tokenOf(person));
    await pumped(api.db);
    await view('b10', undefined, { userId: 'b10-user' });
    expect(await viewsOf(person.contactId)).toBe(2);
    const where = { kind_value: { kind: 'user', value: 'b10-user' } };
    expect(await api.db.contactIdentity.findUnique({ where })).toMatchObject({ contactId: person.contactId });
  });

  test('leaves no token in the event', async () => {
    const person = await mailed('b3@x.test');
    await view('b3', await tokenOf(person));
    const [event] = await api.db.event.findMany({ where: { messageId: `view-${count}` } });
    expect(event?.context).toEqual({ page: { path: '/pricing' } });
  });

  test('counts once, however often it is sent', async () => {
    const person = await mailed('b4@x.test');
    const nrt = await tokenOf(person);
    for (let i = 0; i < 3; i += 1) await view('b4', nrt);
    expect(await viewsOf(person.contactId)).toBe(3);
    const told = { type: 'contact.recognised', contactId: person.contactId };
    expect(await api.db.event.count({ where: told })).toBe(1);
  });

  test('in a second browser stays unknown', async () => {
    const person = await mailed('b5@x.test');
    const nrt = await tokenOf(person);
    await view('b5', nrt);
    await view('b5-forwarded', nrt);
    expect(await viewsOf(person.contactId)).toBe(1);
    expect(await ownerOf('b5-forwarded')).not.toBe(person.contactId);
  });

  test('after a quarter of an hour stays unknown', async () => {
    const person = await mailed('b6@x.test');
    const nrt = await tokenOf(person);
    now = new Date(Date.now() + 15 * 60_000 + 1_000);
    await view('b6', nrt);
    expect(await ownerOf('b6')).not.toBe(person.contactId);
  });

  test.each(['', 'nonsense', 'A'.repeat(60)])('with "%s" stays unknown', async (nrt) => {
    const anonymousId = `b7-${nrt.length}`;
    await view(anonymousId, nrt);
    await pumped(api.db);
    const contactId = (await ownerOf(anonymousId)) ?? '';
    expect(await api.db.event.count({ where: { contactId, type: 'contact.recognised' } })).toBe(0);
  });

  test('to somebody who was erased stays unknown', async () => {
    const person = await mailed('b8@x.test');
    const nrt = await tokenOf(person);
    await api.db.contact.update({ where: { id: person.contactId }, data: { erasedAt: now } });
    await view('b8', nrt);
    expect(await ownerOf('b8')).not.toBe(person.contactId);
  });

  test('is known to every process alike', async () => {
    const other = createApp({
      ...{ db: api.db, config: testConfig, control: api.control },
      log: silent,
      now: () => now,
    });
    const person = await mailed('b9@x.test');
    const nrt = signVisit(person.sendId, now, await readSecret(api.db, 'visits'));
    const batch = [{ type: 'page', anonymousId: 'b9', context: { nrt } }];
    await request(other).post('/v1/batch').send({ writeKey: api.browserKey, batch }).expect(200);
    expect(await ownerOf('b9')).toBe(person.contactId);
  });
});

describe('a browser that is known', () => {
  const identify = (anonymousId: string, email: string) => ({ type: 'identify', anonymousId, traits: { email } });

  test('does not become another person', async () => {
    const [ann, bob] = [await mailed('c1@x.test'), await mailed('c2@x.test')];
    await api.post('/v1/batch', { batch: [identify('c1', 'c1@x.test')] }).expect(200);
    expect(await ownerOf('c1')).toBe(ann.contactId);
    await view('c1', await tokenOf(bob));
    await view('c1');
    expect(await ownerOf('c1')).toBe(ann.contactId);
    expect([await viewsOf(ann.contactId), await viewsOf(bob.contactId)]).toEqual([2, 0]);
    const gone = await api.db.contact.count({
      where: { id: { in: [ann.contactId, bob.contactId] }, mergedInto: null },
    });
    expect(gone).toBe(2);
  });

  test('by its own word in the same event as well', async () => {
    const bob = await mailed('c3@x.test');
    await view('c4', await tokenOf(bob), { userId: 'somebody-else' });
    expect(await ownerOf('c4')).not.toBe(bob.contactId);
    expect(await viewsOf(bob.contactId)).toBe(0);
  });

  test('by one mail is not known by another', async () => {
    const [ann, bob] = [await mailed('c5@x.test'), await mailed('c6@x.test')];
    await view('c5', await tokenOf(ann));
    await pumped(api.db);
    await view('c5', await tokenOf(bob));
    expect([await viewsOf(ann.contactId), await viewsOf(bob.contactId)]).toEqual([2, 0]);
    expect(await recognitions(bob.contactId)).toBe(0);
  });
});

test('a mail that was passed on names nobody together', async () => {
  const [ann, bob] = [await mailed('e1@x.test'), await mailed('e2@x.test')];
  // Neither is anybody's yet when the other comes.
  await view('e1', await tokenOf(ann));
  await view('e1', await tokenOf(bob));
  await pumped(api.db);
  expect((await recognitions(ann.contactId)) + (await recognitions(bob.contactId))).toBe(2);
  const { body } = await api.get('/v1/duplicates?rule=named-together').expect(200);
  expect(body.data).toEqual([]);
});

test('two mails at once make one person of nobody', async () => {
  const [ann, bob] = [await mailed('d1@x.test'), await mailed('d2@x.test')];
  const nrts = [await tokenOf(ann), await tokenOf(bob)];
  await Promise.all(nrts.map((nrt) => view('d1', nrt)));
  const owner = await ownerOf('d1');
  const views = [await viewsOf(ann.contactId), await viewsOf(bob.contactId)];
  expect(views).toEqual(owner === ann.contactId ? [2, 0] : [0, 2]);
});

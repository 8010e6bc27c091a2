import { poll } from '../support/poll';
import { startWebsite, type Pages, type Visit, type Website } from '../support/website';

const fields = `<input name="email"><input name="given-name"><input autocomplete="organization" name="where">
  <input name="colour"><input name="secret" type="password"><input type="hidden" name="company" value="no">
  <select data-nurture="jobTitle"><option>VP</option></select><button>Go</button>`;
const form = (attributes: string) => ({ body: `<form ${attributes}>${fields}</form>` });

const pages: Pages = (apiUrl) => ({
  '/form': form('data-nurture-form="guide" action="/thanks" method="post"'),
  '/handled': form('data-nurture-form="guide" onsubmit="return false"'),
  '/unmarked': form('action="/thanks"'),
  '/typed': {
    body: `<form data-nurture-form="typed"><input type="email" name="mail"><input type="email" name="friend"><button>Go</button></form>`,
  },
  '/checked': form('id="signup" action="/thanks" onsubmit="return false"'),
  '/hosted': form(`action="${apiUrl}/f/guide" method="post"`),
  '/staying': form(
    `action="${apiUrl}/f/guide" method="post" data-nurture-form data-nurture-thanks="Thank you!" novalidate`,
  ),
});

let website: Website;
let visit: Visit;
beforeAll(async () => {
  website = await startWebsite(pages);
  const fields = [
    { name: 'email', to: 'email', type: 'email', required: true },
    { name: 'given-name', to: 'firstName' },
  ];
  await website.api.put('/v1/forms/guide', { name: 'Guide', fields }).expect(201);
}, 60_000);
afterAll(() => website.close());
beforeEach(async () => {
  await website.set({});
  visit = await website.visit();
});

describe('forms', () => {
  const fill = async (path: string, more: Record<string, string> = {}) => {
    await visit.open(path);
    await visit.ready();
    await visit.page.fill('[name=email]', 'jo@example.test');
    await visit.page.fill('[name=given-name]', 'Jo');
    await visit.page.fill('[name=where]', 'Acme');
    await visit.page.fill('[name=colour]', 'blue');
    await visit.page.fill('[name=secret]', 'hunter2');
    for (const [field, value] of Object.entries(more)) await visit.page.fill(field, value);
    await visit.page.click('button');
  };

  test.each(['/form', '/handled'])('a marked one is told of: %s', async (path) => {
    await fill(path);
    const seen = await poll('the form', async () => (await visit.types()).includes('form.submitted') && visit.events());
    const told = seen.find(({ type }) => type === 'contact.identified');
    expect(told?.traits).toEqual({
      ...{ email: 'jo@example.test', firstName: 'Jo', company: 'Acme', jobTitle: 'VP', timezone: 'Europe/Berlin' },
    });
    expect(seen.find(({ type }) => type === 'form.submitted')?.properties).toEqual({ form: 'guide' });
    expect(JSON.stringify(seen.map(({ traits, properties }) => [traits, properties]))).not.toMatch(/hunter2|blue/);
  });

  test('a field may say by its type what it holds', async () => {
    await visit.open('/typed');
    await visit.ready();
    await visit.page.fill('[name=mail]', 'typed@example.test');
    await visit.page.fill('[name=friend]', 'friend@example.test');
    await visit.page.click('button');
    const seen = await poll('the form', async () => (await visit.types()).includes('form.submitted') && visit.events());
    expect(seen.find(({ type }) => type === 'contact.identified')?.traits).toMatchObject({
      email: 'typed@example.test',
    });
  });

  test('one without a mark is not', async () => {
    await fill('/unmarked');
    await poll('both pages', async () => (await visit.types()).length >= 2);
    expect(await visit.types()).toEqual(['page.viewed', 'page.viewed']);
  });

  test('one that leads to Nurture says who sits there', async () => {
    const posted = visit.page.waitForRequest('**/f/guide');
    await fill('/hosted');
    const body = new URLSearchParams((await posted).postData() ?? '');
    expect(body.get('anonymousId')).toBe(await visit.id());
    expect(body.get('email')).toBe('jo@example.test');
  });

  test('a marked one that leads to Nurture stays here', async () => {
    await fill('/staying');
    await visit.page.waitForSelector('p[role=status]');
    expect(await visit.page.textContent('p[role=status]')).toBe('Thank you!');
    const sent = (await visit.arrived(2)).find(({ type }) => type === 'form.submitted');
    expect(sent).toMatchObject({ origin: 'form', keys: ['email:jo@example.test', `anonymous:${await visit.id()}`] });
    expect(visit.page.url()).toBe(`${website.site.origin}/staying`);
  });

  test('one that a page answers itself tells it', async () => {
    await visit.page.addInitScript(
      "addEventListener('nurture:sent', (event) => { event.preventDefault(); window.sent = true })",
    );
    await fill('/staying');
    await visit.page.waitForFunction('window.sent');
    expect(await visit.page.isVisible('form')).toBe(true);
  });

  test('what is refused is shown by Nurture', async () => {
    await fill('/staying', { '[name=email]': 'nobody' });
    await visit.page.waitForURL('**/f/guide');
    expect(await visit.page.textContent('[role=alert]')).toContain('is not an e-mail address');
    expect(await visit.types()).not.toContain('form.submitted');
  });

  test('an answer that is lost counts once', async () => {
    await visit.page.route('**/f/guide', async (route) => route.fetch().then(() => route.abort()), { times: 1 });
    await fill('/staying');
    await visit.page.waitForURL('**/f/guide');
    expect((await visit.types()).filter((type) => type === 'form.submitted')).toHaveLength(1);
  });

  test('a double click counts once', async () => {
    let answer = () => {};
    const clicked = new Promise<void>((resolve) => (answer = resolve));
    await visit.page.route('**/f/guide', async (route) => clicked.then(() => route.continue()));
    const posts = visit.posts();
    await fill('/staying');
    await visit.page.click('button');
    answer();
    await visit.page.waitForSelector('p[role=status]');
    expect(posts.filter((url) => url.endsWith('/f/guide'))).toHaveLength(1);
  });

  test('corrected answers count as well', async () => {
    await visit.page.addInitScript(
      "window.sent = 0; addEventListener('nurture:sent', (event) => { event.preventDefault(); sent += 1 })",
    );
    await fill('/staying');
    await visit.page.waitForFunction('sent === 1');
    await visit.page.click('button');
    await visit.page.waitForFunction('sent === 2');
    await visit.page.fill('[name=email]', 'corrected@example.test');
    await visit.page.click('button');
    const sent = (await visit.arrived(3)).filter(({ type }) => type === 'form.submitted');
    expect(sent.map(({ keys }) => keys[0])).toEqual(['email:jo@example.test', 'email:corrected@example.test']);
  });

  test('without a mark every attempt has one id', async () => {
    await visit.page.addInitScript("addEventListener('submit', (event) => event.preventDefault())");
    await fill('/hosted');
    const id = () => visit.page.inputValue('[name=_id]');
    const first = await id();
    await visit.page.click('button');
    expect(await id()).toBe(first);
  });

  test('a page that checks by itself tells it', async () => {
    await fill('/checked');
    await visit.page.evaluate("nurture('form', document.querySelector('form'), { plan: 'team' }, { step: 2 })");
    const seen = await visit.arrived(3);
    expect(seen.find(({ type }) => type === 'contact.identified')?.traits).toMatchObject({
      firstName: 'Jo',
      plan: 'team',
    });
    expect(seen.find(({ type }) => type === 'form.submitted')?.properties).toEqual({ form: 'signup', step: 2 });
  });

  test('before consent it says nothing', async () => {
    await website.set({ cookies: 'after-consent' });
    const posted = visit.page.waitForRequest('**/f/guide');
    await fill('/hosted');
    expect(new URLSearchParams((await posted).postData() ?? '').has('anonymousId')).toBe(false);
  });
});

import { v7 } from 'uuid';
import { checkTemplate } from '../../messages/check-template';
import { loadCatalog } from '../../prisma/catalog';
import { loadTemplateVersion, publishTemplate, saveTemplateDraft } from '../../prisma/stores/templates';
import { testApi, type TestApi } from '../api/harness';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api.drop());

const aDraft = { subject: 'Hi {{ contact.firstName }}', html: '<p>Hello</p>', class: 'marketing' as const };
const put = (key: string, body: object = aDraft) => api.put(`/v1/templates/${key}`, body);
const publish = (key: string) => api.post(`/v1/templates/${key}/publish`);

test('keeps drafts with an ETag', async () => {
  const first = await put('etag').expect(201).expect('ETag', '"1"');
  expect(first.body).toMatchObject({ key: 'etag', ...aDraft, revision: 1, publishedVersionId: null });
  await put('etag').expect(200).expect('ETag', '"1"');
  await put('etag', { ...aDraft, html: '<p>Bye</p>' })
    .set('If-Match', '"1"')
    .expect(200)
    .expect('ETag', '"2"');
  await put('etag').set('If-Match', '"1"').expect(412);
  const { body } = await api.get('/v1/templates/etag').expect(200).expect('ETag', '"2"');
  expect(body.html).toBe('<p>Bye</p>');
});

test('lets one of two concurrent writers win', async () => {
  await put('race');
  const changes = ['a', 'b'].map((html) => put('race', { ...aDraft, html }).set('If-Match', '"1"'));
  const statuses = (await Promise.all(changes)).map(({ status }) => status);
  expect(statuses.sort()).toEqual([200, 412]);
});

test('publishes the same content as the same version', async () => {
  await put('version', { ...aDraft, variables: { b: 1, a: { d: 1, c: 2 } } });
  const first = await publish('version').expect(200);
  await put('version', { ...aDraft, variables: { a: { c: 2, d: 1 }, b: 1 } });
  expect((await publish('version')).body).toEqual(first.body);
  await put('version', { ...aDraft, html: '<p>New</p>' });
  const second = await publish('version').expect(200);
  expect(second.body.version).toBe(2);
  const old = await loadTemplateVersion(api.db, first.body.versionId);
  expect(old).toMatchObject({
    key: 'version',
    number: 1,
    html: '<p>Hello</p>',
    variables: { a: { c: 2, d: 1 }, b: 1 },
  });
});

test('publishes no draft that nobody checked', async () => {
  await put('checked');
  await put('checked', { ...aDraft, html: 'changed' });
  expect(await publishTemplate(api.db, 'checked', 1)).toBeNull();
  expect(await api.db.templateVersion.count({ where: { key: 'checked' } })).toBe(0);
});

test.each([
  ['an unknown variable', { html: '<p>\n{{ contact.nickname }}</p>' }, { pointer: '#/html', line: 2 }],
  ['an endless loop', { html: '{% for i in (1..100000000) %}{{ i }}{% endfor %}' }, { pointer: '#/html', line: 1 }],
  ['a header injection', { subject: 'Hi\r\nBcc: all@example.com' }, { pointer: '#/subject' }],
  ['a script', { html: '<script>1</script>' }, { pointer: '#/html' }],
])('refuses to publish %s', async (_what, part, error) => {
  await put('bad', { ...aDraft, ...part });
  const { body } = await publish('bad')
    .expect(422)
    .expect('Content-Type', /problem\+json/);
  expect(body).toMatchObject({ code: 'template-invalid', errors: [error] });
  expect(await api.db.templateVersion.count({ where: { key: 'bad' } })).toBe(0);
  expect((await api.get('/v1/templates/bad')).body.publishedVersionId).toBeNull();
});

test.each([
  ['an unknown field', 'x', { ...aDraft, from: 'x' }, 400],
  ['a missing class', 'x', { subject: 'a', html: 'b' }, 400],
  ['an impossible key', 'Not_A_Key', aDraft, 404],
])('stores nothing for %s', async (_what, key, body, status) => {
  await put(key, body).expect(status);
  expect(await api.db.template.count({ where: { key } })).toBe(0);
});

test('previews for a person and for nobody', async () => {
  const contactId = v7();
  await api.db.contact.create({ data: { id: contactId, firstName: 'Ada', traits: { plan: 'pro' } } });
  const html =
    '{{ contact.traits.plan }} {{ event.properties.form }} {{ asset }} <a href="https://example.com/x">x</a>';
  await put('preview', { ...aDraft, html, variables: { asset: 'none' } });
  const given = { contactId, entry: { form: 'guide' }, with: { asset: 'ebook' } };
  const { body } = await api.post('/v1/templates/preview/preview', given).expect(200);
  expect(body.subject).toBe('Hi Ada');
  expect(body.html).toContain('pro guide ebook <a href="https://example.com/x">');
  expect(body.text).toContain('1 Test Street');
  expect((await api.post('/v1/templates/preview/preview').expect(200)).body.subject).toBe('Hi');
  await api.post('/v1/templates/preview/preview', { contactId: v7() }).expect(404);
});

test('lists templates by key', async () => {
  for (const key of ['list-a', 'list-b', 'list-c']) await saveTemplateDraft(api.db, key, aDraft);
  const keys: string[] = [];
  let path = '/v1/templates?limit=2';
  for (let next: string | null = ''; next !== null; path = `/v1/templates?limit=2&cursor=${next}`) {
    const { body } = await api.get(path).expect(200);
    keys.push(...body.data.map(({ key }: { key: string }) => key));
    next = body.next;
  }
  expect(keys.filter((key) => key.startsWith('list-'))).toEqual(['list-a', 'list-b', 'list-c']);
  expect(new Set(keys).size).toBe(keys.length);
});

test('finds the catalogue fit to publish', async () => {
  for (const { key, ...draft } of loadCatalog().templates) expect([key, await checkTemplate(draft)]).toEqual([key, []]);
});

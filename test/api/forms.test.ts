import request from 'supertest';
import type { FormDocument } from '../../workflows/domain/forms/form';
import { pumped } from '../support/pump';
import { testApi, type TestApi } from './harness';

let api: TestApi;
let clock = Date.parse('2026-06-01T08:00:00Z');
beforeAll(async () => {
  api = await testApi({ now: () => new Date(clock) });
});
afterAll(() => api.drop());
/** Beyond the limit of the tests before. */
beforeEach(() => {
  clock += 61_000;
});

const consentText = 'Yes, send me <b>news</b>.';
const guide = {
  name: 'Get the guide',
  fields: [
    { name: 'mail', label: 'Work e-mail', to: 'email', type: 'email', required: true },
    { name: 'first', label: 'First name', to: 'firstName' },
    { name: 'plan', to: 'traits.plan', type: 'select', options: ['free', 'pro'] },
    { name: 'question', to: 'property', type: 'textarea' },
  ],
  topic: 'education',
  consentText,
  asset: 'beginners-guide',
};

async function aForm(key: string, more: Partial<FormDocument> = {}): Promise<void> {
  await api.put(`/v1/forms/${key}`, { ...guide, ...more }).expect(201);
}

const send = (key: string, inputs: Record<string, string>) =>
  request(api.app).post(`/f/${key}`).type('form').send(inputs);
const submissions = (form: string) =>
  api.db.event.findMany({ where: { origin: 'form', properties: { path: ['form'], equals: form } } });

test('a plain form works without scripts', async () => {
  await aForm('guide');
  const answer = await send('guide', { mail: ' Ann@Example.test', first: 'Ann', plan: 'pro', question: 'How?' }).expect(
    200,
  );
  expect(answer.text).toContain('<h1>Thank you</h1>');
  const [event] = await submissions('guide');
  expect(event).toMatchObject({
    ...{ type: 'form.submitted', keys: ['email:ann@example.test'], fromBrowser: true },
    properties: { form: 'guide', asset: 'beginners-guide', question: 'How?' },
    traits: { email: 'ann@example.test', firstName: 'Ann', plan: 'pro' },
  });
  await pumped(api.db);
  expect(await api.db.contact.findFirst({ where: { email: 'ann@example.test' } })).toMatchObject({ firstName: 'Ann' });
});

test('a script gets JSON', async () => {
  await aForm('script');
  const post = request(api.app).post('/f/script').set('Origin', 'https://www.example.com');
  const answer = await post.send({ mail: 'bo@example.test', anonymousId: 'visitor-1' }).expect(200, { ok: true });
  expect(answer.headers['access-control-allow-origin']).toBe('*');
  expect((await submissions('script'))[0]?.keys).toEqual(['email:bo@example.test', 'anonymous:visitor-1']);
});

test('a form with files sends its texts', async () => {
  await aForm('upload');
  const post = request(api.app).post('/f/upload').field('mail', 'cy@example.test').field('first', 'Čy');
  await post.attach('cv', Buffer.from('x'), 'cv.pdf').expect(200);
  expect((await submissions('upload'))[0]?.traits).toMatchObject({ firstName: 'Čy' });
});

test('it leads where it was told to', async () => {
  await aForm('onward', { redirect: 'https://www.example.com/thanks' });
  await send('onward', { mail: 'di@example.test' }).expect(303).expect('Location', 'https://www.example.com/thanks');
  const page = await request(api.app).get('/f/onward').expect(200);
  expect(page.headers['content-security-policy']).toContain("form-action 'self' https://www.example.com");
});

test('what is missing is said beside its field', async () => {
  await aForm('strict');
  const page = await send('strict', { mail: 'no"address', first: '<i>Ed</i>', plan: 'gold' }).expect(400);
  expect(page.text).toContain('<a href="#f-mail">Work e-mail is not an e-mail address</a>');
  expect(page.text).toContain('aria-invalid="true" aria-describedby="e-plan"');
  expect(page.text).toContain('value="&lt;i&gt;Ed&lt;/i&gt;"');
  const { body } = await request(api.app).post('/f/strict').send({}).expect(400);
  expect(body.errors).toEqual([{ in: 'body', pointer: '#/mail', detail: 'is missing' }]);
  expect(await submissions('strict')).toEqual([]);
});

test.each([
  ['what people do not see is filled', () => ({ _url: 'https://spam.example' })],
  ['it is quicker than people are', () => ({ _at: String(clock - 500) })],
])('nothing is stored when %s', async (title, more) => {
  const key = `robots-${title.length}`;
  await aForm(key);
  await send(key, { mail: 'robot@example.test', ...more() }).expect(200);
  expect(await submissions(key)).toEqual([]);
});

test('one address is asked to wait', async () => {
  await aForm('busy');
  for (let i = 0; i < 20; i += 1) await send('busy', { mail: `b${i}@example.test` }).expect(200);
  const page = await send('busy', { mail: 'b@example.test' }).expect(429).expect('Retry-After', /^\d+$/);
  expect(page.text).toContain('<h1>Too many at once: please try again in a minute</h1>');
  const asked = request(api.app).post('/f/busy').send({ mail: 'b@example.test' });
  await asked.expect(429).expect('Content-Type', /problem\+json/);
  clock += 61_000;
  await send('busy', { mail: 'b@example.test' }).expect(200);
});

test('a submission that is sent twice is one', async () => {
  await aForm('once');
  for (let i = 0; i < 2; i += 1) await send('once', { mail: 'f@example.test', _id: 'one' }).expect(200);
  expect(await submissions('once')).toHaveLength(1);
});

test('so is the page itself, reloaded or gone back to', async () => {
  await aForm('again');
  const page = await request(api.app).get('/f/again').expect(200);
  const hidden = [...page.text.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [
    name,
    value,
  ]);
  clock += 5_000;
  const inputs: Record<string, string> = { ...Object.fromEntries(hidden), mail: 'gus@example.test' };
  for (let i = 0; i < 2; i += 1) await send('again', inputs).expect(200);
  expect(await submissions('again')).toHaveLength(1);
  await send('again', { ...inputs, mail: 'guy@example.test' }).expect(200);
  expect(await submissions('again')).toHaveLength(2);
});

test('a page of before is read as it was then', async () => {
  await aForm('copied');
  const [mail, ...others] = guide.fields;
  const fields = [{ ...mail, name: 'email' }, ...others.map((one) => ({ ...one, required: true }))];
  await api.put('/v1/forms/copied', { ...guide, fields }).expect(200);
  await send('copied', { mail: 'old@example.test', first: 'Old', _revision: '1' }).expect(200);
  expect(await submissions('copied')).toMatchObject([{ traits: { email: 'old@example.test', firstName: 'Old' } }]);
  const page = await send('copied', { mail: 'nobody', _revision: '1' }).expect(400);
  expect(page.text).toContain('name="_revision" value="1"');
  expect(page.text).toContain('<input type="email" id="f-mail"');
  await send('copied', { mail: 'new@example.test', _revision: '2' }).expect(400);
});

test('one out of service takes nothing', async () => {
  await aForm('over');
  await api.put('/v1/forms/over', { ...guide, closed: true }).expect(200);
  const page = await request(api.app).get('/f/over').expect(410);
  expect(page.text).toContain('<h1>This form is closed</h1>');
  await send('over', { mail: 'late@example.test', _revision: '1' }).expect(410);
  const { body } = await request(api.app).post('/f/over').send({ mail: 'late@example.test' }).expect(410);
  expect(body.code).toBe('gone');
  expect(await submissions('over')).toEqual([]);
  expect((await api.get('/v1/forms/over').expect(200)).body.closed).toBe(true);
  await api.put('/v1/forms/over', guide).expect(200);
  await send('over', { mail: 'again@example.test' }).expect(200);
});

test('people are shown a page, whatever is wrong', async () => {
  const of = (key: string) => request(api.app).post(`/f/${key}`).set('Accept-Language', 'pt, de-AT;q=0.8').type('form');
  const missing = await of('nothing').send({ mail: 'x@example.test' }).expect(404);
  expect(missing.text).toContain('<html lang="de">');
  expect(missing.text).toContain('<h1>Dieses Formular gibt es nicht</h1>');
  await aForm('large');
  const large = await of('large')
    .send({ question: 'x'.repeat(70_000) })
    .expect(413);
  expect(large.text).toContain('Gehen Sie zurück');
});

test('what became of submissions is counted', async () => {
  await aForm('counted');
  await send('counted', { mail: 'a@example.test' }).expect(200);
  await send('counted', { mail: 'nobody' }).expect(400);
  await send('counted', { mail: 'b@example.test', _url: 'x' }).expect(200);
  const { text } = await request(api.app).get('/metrics').expect(200);
  for (const answer of ['taken', 'refused', 'program'])
    expect(text).toContain(`nurture_form_submissions_total{form="counted",answer="${answer}"} 1`);
});

test.each([
  ['en', 'Send', '(optional)', 'First name is missing'],
  ['de', 'Absenden', '(freiwillig)', 'First name fehlt'],
  ['fr', 'Envoyer', '(facultatif)', 'First name doit être rempli'],
  ['es', 'Enviar', '(opcional)', 'First name no puede quedar vacío'],
])('a form speaks %s', async (language, sends, optional, fault) => {
  const [mail, first, ...others] = guide.fields;
  const fields = [mail, { ...first, required: true }, ...others];
  await api.put(`/v1/forms/in-${language}`, { ...guide, fields, language }).expect(201);
  const { text } = await request(api.app).get(`/f/in-${language}`).expect(200);
  expect(text).toContain(`<html lang="${language}">`);
  expect(text).toContain(`<button type="submit">${sends}</button>`);
  expect(text).toContain(`plan ${optional}`);
  const again = await send(`in-${language}`, { mail: 'x@example.test' }).expect(400);
  expect(again.text).toContain(`<a href="#f-first">${fault}</a>`);
});

test('consent is kept with the words they saw', async () => {
  await aForm('words');
  await api.put('/v1/forms/words', { ...guide, consentText: 'Something else.' }).expect(200);
  await send('words', { mail: 'gil@example.test', _revision: '1', _consent: 'yes' }).expect(200);
  await send('words', { mail: 'hal@example.test', _consent: 'yes' }).expect(200);
  await send('words', { mail: 'ida@example.test' }).expect(200);
  await pumped(api.db);
  const texts = await api.db.consent.findMany({ orderBy: { id: 'asc' }, select: { text: true, source: true } });
  expect(texts).toEqual([
    { text: consentText, source: 'form:words@1' },
    { text: 'Something else.', source: 'form:words@2' },
  ]);
});

test('a form changes nothing of somebody known', async () => {
  await aForm('known');
  const traits = { email: 'jo@example.test', firstName: 'Jo' };
  await api.post('/v1/identify', { userId: 'jo', traits }).expect(200);
  await pumped(api.db);
  await send('known', { mail: 'jo@example.test', first: 'Nobody', anonymousId: 'v-jo' }).expect(200);
  await pumped(api.db);
  const [jo, ...others] = await api.db.contact.findMany({ where: { email: 'jo@example.test' } });
  expect([jo?.firstName, others]).toEqual(['Jo', []]);
});

test('the page and what is pasted are the same form', async () => {
  await aForm('pasted');
  const pasted = await api.get('/v1/forms/pasted/snippet').expect(200);
  expect(pasted.text).toContain('<form action="http://127.0.0.1:3000/f/pasted" method="post"');
  expect(pasted.text).toContain('Yes, send me &lt;b&gt;news&lt;/b&gt;.');
  expect(pasted.text).not.toContain('checked');
  const page = await request(api.app).get('/f/pasted').expect(200);
  expect(page.text).toContain('name="_revision" value="1"');
  // Sent to where it stands: the host may have another name than PUBLIC_URL.
  expect(page.text).toContain('<form method="post"');
  await request(api.app).get('/f/nothing').expect(404);
});

test('pages of other sites are refused', async () => {
  await aForm('listed', { origins: ['https://www.example.com'] });
  const from = (origin: string) => send('listed', { mail: 'k@example.test' }).set('Origin', origin);
  await from('https://elsewhere.example').expect(403);
  await from('https://www.example.com').expect(200);
});

test('the origins of a form count, not the website', async () => {
  await aForm('partner', { origins: ['https://partner.example'] });
  await api.patch('/v1/settings', { website: { origins: ['https://www.example.com'] } }).expect(200);
  const origin = 'https://partner.example';
  const asking = { Origin: origin, 'Access-Control-Request-Headers': 'content-type' };
  const asked = await request(api.app).options('/f/partner').set(asking).expect(204);
  expect(asked.headers).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': 'content-type',
  });
  const sent = request(api.app).post('/f/partner').set('Origin', origin).send({ mail: 'p@example.test' });
  expect((await sent.expect(200)).headers['access-control-allow-origin']).toBe('*');
  await send('partner', { mail: 'w@example.test' }).set('Origin', 'https://www.example.com').expect(403);
  await send('partner', { mail: 'o@example.test' }).set({ Origin: 'http://localhost', Host: 'localhost' }).expect(200);
  await api.patch('/v1/settings', { website: {} }).expect(200);
});

test.each([
  ['nobody to be found by', { fields: [{ name: 'first', to: 'firstName' }] }, '#/fields'],
  ['a field that sales decides', { fields: [...guide.fields, { name: 'own', to: 'owner' }] }, '#/fields/4/to'],
  ['a name of ours', { fields: [...guide.fields, { name: 'anonymousId', to: 'property' }] }, '#/fields/4/name'],
  [
    'choices without a select',
    { fields: [...guide.fields, { name: 'a', to: 'property', options: ['b'] }] },
    '#/fields/4/options',
  ],
  [
    'a field that sales decides as a trait',
    { fields: [...guide.fields, { name: 'ta', to: 'traits.targetAccount' }] },
    '#/fields/4/to',
  ],
  ['a source of ours', { fields: [...guide.fields, { name: 's', to: 'traits.firstSource' }] }, '#/fields/4/to'],
  ['an address to tick', { fields: [{ ...guide.fields[0], type: 'checkbox' }] }, '#/fields/0/type'],
  ['two addresses', { fields: [...guide.fields, { name: 'other', to: 'email' }] }, '#/fields'],
  ['sites that are everybody', { origins: ['https://*.com'] }, '#/origins/0'],
  ['no site', { origins: [] }, '#/origins'],
  ['an unknown language', { language: 'tlh' }, '#/language'],
  ['an unknown topic', { topic: 'cooking' }, '#/topic'],
  ['a topic without words', { consentText: undefined }, '#/consentText'],
  ['an unknown key', { colour: 'red' }, '#/colour'],
])('a form with %s is refused', async (_, more, pointer) => {
  const { body } = await api.put('/v1/forms/bad', { ...guide, ...more }).expect(400);
  expect(body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
});

test('a form is written over what was read', async () => {
  await aForm('etag');
  const read = await api.get('/v1/forms/etag').expect(200);
  const tag = String(read.headers['etag']);
  await api
    .put('/v1/forms/etag', { ...guide, name: 'Other' })
    .set('If-Match', tag)
    .expect(200);
  await api.put('/v1/forms/etag', guide).set('If-Match', tag).expect(412);
});

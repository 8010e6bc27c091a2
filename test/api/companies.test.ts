import { happening, pumped } from '../support/pump';
import { testApi, type TestApi } from './harness';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api.drop());

async function aContactOf(domain: string, name = 'ann') {
  const email = `${name}@${domain}`;
  await pumped(api.db, [happening('contact.identified', { keys: [`email:${email}`], traits: { email } })]);
  return (await api.post('/v1/contacts/find', { email }).expect(200)).body;
}

test('a company is shown with its contacts', async () => {
  const ann = await aContactOf('acme.test');
  await aContactOf('acme.test', 'bob');
  const shown = await api.get(`/v1/companies/${ann.companyId}`).expect(200);
  expect(shown.headers['etag']).toBe('"1"');
  expect(shown.body).toMatchObject({ domain: 'acme.test', domains: ['acme.test'], groupIds: [], contacts: 2 });
  const members = await api.get(`/v1/contacts?company=${ann.companyId}`).expect(200);
  expect(members.body.data).toHaveLength(2);
  expect((await api.get('/v1/companies?q=ACME').expect(200)).body.data).toHaveLength(1);
});

test('what is changed reaches its contacts', async () => {
  const { id, companyId } = await aContactOf('patched.test');
  const body = {
    name: 'Patched',
    industry: 'Banking',
    companySize: '1,200',
    country: 'Germany',
    traits: { plan: 'pro' },
  };
  const patched = await api.patch(`/v1/companies/${companyId}`, body).set('If-Match', '"1"').expect(200);
  expect(patched.body).toMatchObject({
    ...{
      name: 'Patched',
      industry: 'financial-services',
      companySize: '1001-5000',
      country: 'DE',
      traits: { plan: 'pro' },
    },
    origins: { industry: { given: 'Banking', from: 'hand' }, name: { from: 'hand' } },
  });
  await api.patch(`/v1/companies/${companyId}`, { name: 'Late' }).set('If-Match', '"1"').expect(412);
  await pumped(api.db);
  const contact = await api.get(`/v1/contacts/${id}`).expect(200);
  expect(contact.body).toMatchObject({
    ...{ company: 'Patched', industry: 'financial-services', companySize: '1001-5000', country: null },
    origins: { industry: { from: 'company' }, companyId: { from: 'domain' } },
  });
});

test('a domain is of one company, until they are merged', async () => {
  const [one, other] = [await aContactOf('main.test'), await aContactOf('alias.test')];
  const domains = ['main.test', 'https://www.alias.test'];
  const refused = await api.patch(`/v1/companies/${one.companyId}`, { domains }).expect(409);
  expect(refused.body.detail).toContain(other.companyId);
  const merged = await api.post(`/v1/companies/${one.companyId}/merge`, { with: other.companyId }).expect(200);
  expect(merged.body).toMatchObject({ id: one.companyId, domains: ['main.test', 'alias.test'] });
  expect((await api.get(`/v1/companies/${other.companyId}`).expect(200)).body).toMatchObject({
    ...{ id: one.companyId, contacts: 2 },
  });
  await pumped(api.db);
  expect((await api.get(`/v1/contacts/${other.id}`).expect(200)).body.companyId).toBe(one.companyId);
  expect((await aContactOf('alias.test', 'late')).companyId).toBe(one.companyId);
  await api.patch(`/v1/companies/${one.companyId}`, { domains: ['no domain'] }).expect(400);
  await api.patch(`/v1/companies/${one.companyId}`, { domains: ['gmail.com'] }).expect(400);
  const named = await api.patch(`/v1/companies/${one.companyId}`, { domains: ['https://www.bücher.example'] });
  expect(named.body.domains).toEqual(['xn--bcher-kva.example']);
});

test('a contact says where its values came from', async () => {
  const { id } = await aContactOf('said.test');
  const said = {
    country: 'Deutschland',
    phone: '0151 23456789',
    jobTitle: 'Head of Marketing',
    industry: 'Blockchain',
  };
  const { body } = await api.patch(`/v1/contacts/${id}`, said).expect(200);
  expect(body).toMatchObject({
    ...{ country: 'DE', phone: '+4915123456789', seniority: 'head', department: 'marketing', industry: 'Blockchain' },
    origins: {
      country: { given: 'Deutschland' },
      phone: { given: '0151 23456789' },
      seniority: { from: 'title' },
      industry: { unclear: true },
    },
  });
  await api.patch(`/v1/contacts/${id}`, { seniority: 'owner' }).expect(400);
});

test('declared traits hold what they should', async () => {
  const traits = [{ key: 'seats', name: 'Seats', type: 'number' }];
  const industries = [{ key: 'web3', name: 'Web3', also: ['Blockchain'] }];
  await api.patch('/v1/settings', { traits, industries }).expect(200);
  const { id } = await aContactOf('typed.test');
  const asked = { traits: { seats: '42', plan: '7' }, industry: 'blockchain' };
  const { body } = await api.patch(`/v1/contacts/${id}`, asked).expect(200);
  expect(body).toMatchObject({ traits: { seats: 42, plan: '7' }, industry: 'web3' });
  expect((await api.patch(`/v1/contacts/${id}`, { traits: { seats: 'many' } }).expect(200)).body.origins).toMatchObject(
    {
      'traits.seats': { unclear: true },
    },
  );
});

test('enriching is a job', async () => {
  const { body } = await api.post('/v1/companies/enrich').expect(202);
  expect(body.job).toMatchObject({ kind: 'enrich', state: 'queued' });
});

test('an address is kept as it was said, too', async () => {
  const { id } = await aContactOf('kept.test');
  const said = { keys: ['email:lea@kept.test'], traits: { email: ' Lea@KEPT.test ' } };
  await pumped(api.db, [happening('contact.identified', said)]);
  const lea = (await api.post('/v1/contacts/find', { email: 'lea@kept.test' }).expect(200)).body;
  expect(lea).toMatchObject({ email: 'lea@kept.test', origins: { email: { given: 'Lea@KEPT.test' } } });
  const patched = await api.patch(`/v1/contacts/${id}`, { email: 'Ann@BÜCHER.example' }).expect(200);
  expect(patched.body).toMatchObject({
    ...{ email: 'ann@xn--bcher-kva.example', origins: { email: { given: 'Ann@BÜCHER.example' } } },
  });
  const plain = await api.patch(`/v1/contacts/${id}`, { email: 'ann@kept.test' }).expect(200);
  expect(plain.body.origins).not.toHaveProperty('email');
});

test('a company is there before its people', async () => {
  const body = { domains: ['target.test', 'www.target.example'], name: 'Target', targetAccount: true, owner: 'kim' };
  const made = await api.post('/v1/companies', { ...body, industry: 'Banking' }).expect(201);
  expect(made.body).toMatchObject({
    ...body,
    domains: ['target.test', 'target.example'],
    industry: 'financial-services',
  });
  expect(await aContactOf('target.example')).toMatchObject({
    companyId: made.body.id,
    targetAccount: true,
    owner: 'kim',
  });
  const refused = await api.post('/v1/companies', { domains: ['new.test', 'target.test'] }).expect(409);
  expect(refused.body.detail).toContain(made.body.id);
  expect((await api.get('/v1/companies?q=new.test').expect(200)).body.data).toEqual([]);
  await api.post('/v1/companies', { name: 'Nowhere' }).expect(400);
  const listed = async (query: string) =>
    (await api.get(`/v1/companies?${query}`).expect(200)).body.data.map(({ id }: { id: string }) => id);
  for (const query of ['targetAccount=true', 'owner=kim', 'q=target&industry=financial-services'])
    expect([query, await listed(query)]).toEqual([query, [made.body.id]]);
  for (const query of ['q=target&targetAccount=false', 'owner=lea', 'q=target&industry=saas'])
    expect([query, await listed(query)]).toEqual([query, []]);
});

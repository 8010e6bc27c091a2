import { inTransaction } from '../../prisma/client';
import { suppress } from '../../prisma/stores/suppressions';
import { hygieneChecks, type HygieneKey } from '../../workflows/domain/people/hygiene';
import { happening, pumped } from '../support/pump';
import { testApi, type TestApi } from './harness';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api.drop());

let people = 0;
async function aPerson(traits: { [name: string]: string | number } = {}): Promise<string> {
  people += 1;
  const email = `ann-${people}@acme.test`;
  const said = { email, firstName: 'Ann', country: 'DE', ...traits };
  await pumped(api.db, [happening('contact.identified', { keys: [`email:${said.email}`], traits: said })]);
  return (await api.post('/v1/contacts/find', { email: said.email }).expect(200)).body.id;
}

const found = async (check: HygieneKey): Promise<string[]> =>
  (await api.get(`/v1/hygiene/${check}`).expect(200)).body.data.map(({ id }: { id: string }) => id);

const YEAR_AGO = new Date(Date.now() - 366 * 86_400_000);

/** Makes somebody whom the check must find. */
const bad: { [key in HygieneKey]: () => Promise<string> } = {
  'hard-bounced': async () => {
    const id = await aPerson();
    const { email } = await api.db.contact.findUniqueOrThrow({ where: { id } });
    const bounce = {
      of: { address: email ?? '' },
      channel: 'email',
      scope: 'global',
      reason: 'bounced',
      source: {},
    } as const;
    await inTransaction(api.db, (tx) => suppress(tx, bounce));
    return id;
  },
  'invalid-address': async () => {
    const id = await aPerson();
    await api.db.contact.update({ where: { id }, data: { email: 'ann at acme' } });
    return id;
  },
  disposable: () => aPerson({ email: 'ann@mailinator.com' }),
  'webmail-with-company': () => aPerson({ email: 'ann@gmail.com', company: 'Acme' }),
  'role-address': () => aPerson({ email: 'info@acme.test' }),
  'unknown-country': () => aPerson({ country: 'Atlantis' }),
  'no-country': () => aPerson({ country: '' }),
  unclear: () => aPerson({ industry: 'Alchemy' }),
  'unread-title': () => aPerson({ jobTitle: 'Zauberer' }),
  'no-company': async () => {
    const id = await aPerson({ email: 'ann@before.test' });
    await api.db.$executeRaw`update contact set company_id = null where id = ${id}::uuid`;
    return id;
  },
  'no-name': () => aPerson({ firstName: '' }),
  stale: async () => {
    const id = await aPerson();
    await api.db.contact.update({ where: { id }, data: { createdAt: YEAR_AGO } });
    await api.db.event.updateMany({ where: { contactId: id }, data: { receivedAt: YEAR_AGO } });
    return id;
  },
};

test.each(Object.keys(hygieneChecks) as HygieneKey[])('%s finds whom it is about', async (check) => {
  const well = await aPerson();
  const id = await bad[check]();
  const ids = await found(check);
  expect(ids).toContain(id);
  expect(ids).not.toContain(well);
  const { checks } = (await api.get('/v1/hygiene').expect(200)).body;
  expect(checks.find((one: { check: string }) => one.check === check)).toMatchObject({ count: ids.length });
});

test('a country of two letters may be none', async () => {
  const id = await aPerson({ country: 'EU' });
  expect(await found('unknown-country')).toContain(id);
});

test('a throw-away address of a group is found', async () => {
  const email = 'thrown@mailinator.com';
  const traits = { email, firstName: 'Ann', country: 'DE', group: { id: 'thrown' } };
  await pumped(api.db, [happening('contact.identified', { keys: [`email:${email}`], traits })]);
  const { id, companyId } = (await api.post('/v1/contacts/find', { email }).expect(200)).body;
  expect(companyId).toEqual(expect.any(String));
  expect(await found('disposable')).toContain(id);
});

test('who asks meanwhile gets the same counts', async () => {
  const both = await Promise.all([api.get('/v1/hygiene').expect(200), api.get('/v1/hygiene').expect(200)]);
  expect(both[0].body).toEqual(both[1].body);
});

test('somebody active is not stale', async () => {
  const id = await bad.stale();
  expect(await found('stale')).toContain(id);
  const { email } = await api.db.contact.findUniqueOrThrow({ where: { id } });
  await pumped(api.db, [happening('page.viewed', { keys: [`email:${email}`] })]);
  expect(await found('stale')).not.toContain(id);
});

test('duplicates are counted, and listed elsewhere', async () => {
  const counted = async () => (await api.get('/v1/hygiene').expect(200)).body.checks[0];
  await aPerson({ email: 'max+one@twins.test', firstName: 'Max' });
  const before = await counted();
  await aPerson({ email: 'max@twins.test', firstName: 'Max' });
  expect(await counted()).toMatchObject({ check: 'duplicates', list: '/v1/duplicates', count: before.count + 1 });
});

describe('fixing', () => {
  test('reads again what settings explain by now', async () => {
    const id = await aPerson({ industry: 'Thaumaturgy' });
    expect(await found('unclear')).toContain(id);
    const industries = [{ key: 'magic', name: 'Magic', also: ['Thaumaturgy'] }];
    await api.patch('/v1/settings', { industries }).expect(200);
    const fixed = await api.post('/v1/hygiene/unclear/fix', {}).expect(200);
    expect(fixed.body).toMatchObject({ changed: 1, next: null });
    expect(await found('unclear')).not.toContain(id);
    expect((await api.get(`/v1/contacts/${id}`)).body).toMatchObject({
      ...{ industry: 'magic', origins: { industry: { given: 'Thaumaturgy' } } },
    });
    await pumped(api.db);
    expect(await api.db.event.count({ where: { contactId: id, type: 'contact.updated' } })).toBe(2);
  });

  test('reads companies again, and their contacts follow', async () => {
    const email = 'lea@weberei.test';
    const traits = { email, firstName: 'Lea', country: 'DE', industry: 'Bobbinry', group: { id: 'weberei' } };
    await pumped(api.db, [happening('contact.identified', { keys: [`email:${email}`], traits })]);
    const { id } = (await api.post('/v1/contacts/find', { email }).expect(200)).body;
    expect(await found('unclear')).toContain(id);
    const before = (await api.get('/v1/settings').expect(200)).body.industries;
    const industries = [...before, { key: 'textiles', name: 'Textiles', also: ['Bobbinry'] }];
    await api.patch('/v1/settings', { industries }).expect(200);
    const fixed = await api.post('/v1/hygiene/unclear/fix', {}).expect(200);
    expect(fixed.body.changed).toBe(1);
    await pumped(api.db);
    expect(await found('unclear')).not.toContain(id);
    expect((await api.get(`/v1/contacts/${id}`)).body).toMatchObject({
      ...{ industry: 'textiles', origins: { industry: { from: 'company' } } },
    });
  });

  test('reads what was stored before there were forms', async () => {
    const id = await aPerson();
    await api.db.contact.update({
      where: { id },
      data: { country: 'Germany', jobTitle: 'Head of Sales', companySize: '120' },
    });
    expect(await found('unknown-country')).toContain(id);
    await api.post('/v1/hygiene/unknown-country/fix').expect(200);
    expect((await api.get(`/v1/contacts/${id}`)).body).toMatchObject({
      ...{ country: 'DE', seniority: 'head', department: 'sales', companySize: '51-200' },
    });
  });

  test('finds the companies of work addresses', async () => {
    const id = await bad['no-company']();
    await api.post('/v1/hygiene/no-company/fix').expect(200);
    await pumped(api.db);
    expect((await api.get(`/v1/contacts/${id}`)).body.companyId).toEqual(expect.any(String));
    expect(await found('no-company')).toEqual([]);
  });

  test('leaves to people what people must say', async () => {
    const refused = await api.post('/v1/hygiene/no-name/fix').expect(409);
    expect(refused.body.detail).toContain('PATCH');
    await api.post('/v1/hygiene/nothing/fix').expect(404);
  });
});

import { testApi, type TestApi } from './harness';

let api: TestApi;
beforeEach(async () => {
  api = await testApi();
});
afterEach(() => api.drop());

const holds = async (query = '') => (await api.get(`/v1/holds${query}`).expect(200)).body.data;

test('a pause names who made it and why', async () => {
  await api.post('/v1/system/pause', { reason: 'the provider is down' }).expect(200);
  const [{ id: keyId }] = (await api.get('/v1/api-keys')).body.data.filter(
    ({ name }: { name: string }) => name === 'server',
  );
  expect(await holds()).toMatchObject([
    { scope: 'system', reason: 'the provider is down', createdBy: keyId, liftedAt: null, liftedBy: null },
  ]);
});

test('a lifted one stays to be read', async () => {
  await api.post('/v1/system/pause').expect(200);
  await api.post('/v1/system/resume', { spread: '30 minutes' }).expect(200);
  expect(await holds('?active=true')).toEqual([]);
  expect(await holds('?active=false')).toMatchObject([
    { scope: 'system', spreadSeconds: 1800, liftedAt: expect.any(String), liftedBy: expect.any(String) },
  ]);
});

test('they are filtered by what they hold', async () => {
  const contact = await api.db.contact.create({ data: { id: '00000000-0000-7000-8000-000000000001' } });
  await api.post(`/v1/contacts/${contact.id}/pause`).expect(200);
  await api.post('/v1/system/pause').expect(200);
  expect(await holds('?scope=contact')).toMatchObject([{ contactId: contact.id }]);
  expect(await holds(`?contactId=${contact.id}`)).toHaveLength(1);
  expect(await holds('?journey=none')).toEqual([]);
  const first = await api.get('/v1/holds?limit=1').expect(200);
  expect(first.body.data).toMatchObject([{ scope: 'system' }]);
  expect(await holds(`?limit=1&cursor=${first.body.next}`)).toMatchObject([{ scope: 'contact' }]);
});

test.each(['soon', '8 days', '0 minutes'])('a spread of %s is refused', async (spread) => {
  const { body } = await api.post('/v1/system/resume', { spread }).expect(400);
  expect(body.errors).toMatchObject([{ pointer: '#/spread' }]);
});

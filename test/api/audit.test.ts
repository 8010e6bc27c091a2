import { testApi, type TestApi } from './harness';
import { createApiKey } from '../../prisma/stores/api-keys';

let api: TestApi;
beforeEach(async () => {
  api = await testApi();
});
afterEach(() => api.drop());

const entries = async (query = '') => (await api.get(`/v1/audit${query}`).expect(200)).body.data;

test('a change is written down with its key', async () => {
  await api.post('/v1/system/pause', { reason: 'the provider is down' }).expect(200);
  expect(await entries()).toMatchObject([
    {
      ...{ apiKeyName: 'server', action: 'POST /v1/system/pause', subjectKind: 'system', subjectId: '' },
      detail: { fields: ['reason'] },
    },
  ]);
});

test('no value that was sent is in it', async () => {
  const { body } = await api.post('/v1/identify', { userId: 'u1', traits: { email: 'ada@example.com' } });
  expect(body).toBeDefined();
  const contact = await api.db.contact.create({ data: { id: '00000000-0000-7000-8000-000000000001' } });
  await api.patch(`/v1/contacts/${contact.id}`, { firstName: 'Ada' }).expect(200);
  const all = await entries();
  expect(all).toMatchObject([{ subjectKind: 'contacts', subjectId: contact.id }]);
  expect(JSON.stringify(all)).not.toMatch(/Ada|ada@/);
});

test('what was refused or only read is not', async () => {
  await api.post('/v1/enrollments/00000000-0000-7000-8000-000000000001/skip').expect(404);
  await api.post('/v1/contacts/find', { email: 'nobody@example.com' });
  await api.get('/v1/settings').expect(200);
  await api.post('/v1/track', { userId: 'u1', event: 'x' }).expect(200);
  expect(await entries()).toEqual([]);
});

test('a repeated request is written down once', async () => {
  for (let i = 0; i < 2; i += 1) await api.post('/v1/system/pause', {}).set('Idempotency-Key', 'once').expect(200);
  expect(await entries()).toHaveLength(1);
});

test('it is found by subject and by key', async () => {
  await api.post('/v1/system/pause').expect(200);
  const made = await api.post('/v1/api-keys', { name: 'reader', scopes: ['read'] }).expect(201);
  expect(await entries(`?subjectKind=api-keys&subjectId=${made.body.id}`)).toMatchObject([
    { action: 'POST /v1/api-keys' },
  ]);
  expect(await entries('?apiKeyId=00000000-0000-7000-8000-000000000001')).toEqual([]);
});

test('only an admin reads it', async () => {
  const { key } = await createApiKey(api.db, { name: 'operator', scopes: ['read', 'operate'] });
  await api
    .get('/v1/audit')
    .set({ Authorization: `Bearer ${key}` })
    .expect(403);
});

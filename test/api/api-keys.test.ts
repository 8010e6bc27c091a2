import request from 'supertest';
import { v7 } from 'uuid';
import { createApiKey, revokeApiKey } from '../../prisma/stores/api-keys';
import { poll } from '../support/poll';
import { testApi, type TestApi } from './harness';

let api: TestApi;
beforeAll(async () => void (api = await testApi()));
afterAll(() => api.drop());

const as = (key: string) => ({ Authorization: `Bearer ${key}` });
const contactsAs = (key: string) => request(api.app).get('/v1/contacts').set(as(key));
const revoke = (id: string) => api.delete(`/v1/api-keys/${id}`);

test('a key is shown once and works', async () => {
  const { body } = await api.post('/v1/api-keys', { name: ' crm ', scopes: ['read', 'operate'] }).expect(201);
  expect(body).toMatchObject({ name: 'crm', scopes: ['read', 'operate'], revokedAt: null });
  expect(body.key).toMatch(/^nk_/);
  expect(body.key.startsWith(body.prefix)).toBe(true);
  await contactsAs(body.key).expect(200);
  await request(api.app).get('/v1/api-keys').set(as(body.key)).expect(403);
  const listed = await api.get('/v1/api-keys').expect(200);
  const { key, ...shown } = body;
  expect(listed.body.data[0]).toEqual(shown);
  expect(listed.text).not.toContain(key);
});

test('ingest alone makes a browser key', async () => {
  const { body } = await api.post('/v1/api-keys', { name: 'site', scopes: ['ingest'] }).expect(201);
  expect(body.key).toMatch(/^nw_/);
  await contactsAs(body.key).expect(403);
});

test('a repetition makes none and shows none', async () => {
  const ask = () => api.post('/v1/api-keys', { name: 'once', scopes: ['read'] }).set('Idempotency-Key', 'once');
  const first = await ask().expect(201);
  const second = await ask().expect(201);
  expect(second.body).toEqual({ ...first.body, key: null });
  expect(await api.db.apiKey.count({ where: { name: 'once' } })).toBe(1);
  const stored = await api.db.idempotentRequest.findFirstOrThrow({ where: { key: 'once' } });
  expect(JSON.stringify(stored.body)).not.toContain(first.body.key);
});

test('nobody gives what they have not', async () => {
  const { key } = await createApiKey(api.db, { name: 'author', scopes: ['read', 'author', 'operate'] });
  for (const scopes of [['admin'], ['read']]) {
    await request(api.app).post('/v1/api-keys').set(as(key)).send({ name: 'more', scopes }).expect(403);
  }
  expect(await api.db.apiKey.count({ where: { name: 'more' } })).toBe(0);
});

test.each([
  ['no scope', { name: 'x', scopes: [] }],
  ['an unknown scope', { name: 'x', scopes: ['root'] }],
  ['a scope twice', { name: 'x', scopes: ['ingest', 'ingest'] }],
  ['no name', { name: ' ', scopes: ['read'] }],
])('%s is refused', async (_title, body) => {
  await api.post('/v1/api-keys', body).expect(400);
  expect(await api.db.apiKey.count({ where: { name: { in: ['x', ''] } } })).toBe(0);
});

test('a revoked key stops at once', async () => {
  const { id, key } = await createApiKey(api.db, { name: 'leaked', scopes: ['read'] });
  await contactsAs(key).expect(200);
  const { body } = await revoke(id).expect(200);
  expect(body).toMatchObject({ id, revokedAt: expect.any(String) });
  await contactsAs(key).expect(401);
  expect((await revoke(id).expect(200)).body.revokedAt).toBe(body.revokedAt);
  await revoke(v7()).expect(404);
});

test('revoked elsewhere, it stops within seconds', async () => {
  const { id, key } = await createApiKey(api.db, { name: 'elsewhere', scopes: ['read'] });
  await contactsAs(key).expect(200);
  await revokeApiKey(api.db, id, new Date());
  await poll('the key to stop', async () => (await contactsAs(key)).status === 401, { timeoutMs: 7_000 });
});

import { v7 } from 'uuid';
import { addressHash } from '../../prisma/address';
import { testApi, type TestApi } from './harness';

let api: TestApi;
beforeAll(async () => void (api = await testApi()));
afterAll(() => api.drop());

interface Known {
  email?: string;
  userId?: string;
  [field: string]: unknown;
}

async function known({ userId = `u-${v7()}`, ...fields }: Known = {}): Promise<string> {
  const { email = `${v7()}@example.test` } = fields;
  const id = v7();
  await api.db.contact.create({ data: { id, ...fields, email } });
  await api.db.contactIdentity.createMany({
    data: [
      { kind: 'email', value: email, contactId: id },
      { kind: 'user', value: userId, contactId: id },
    ],
  });
  return id;
}

const merged = (id: string, body: object) => api.post(`/v1/contacts/${id}/merge`, body);

test('the one in the path stays', async () => {
  const [stays, goes] = [
    await known({ firstName: 'Ann', company: 'Acme' }),
    await known({ firstName: 'Anna', jobTitle: 'CTO', traits: { plan: 'pro' } }),
  ];
  const { body } = await merged(stays, { with: goes, reason: 'same person' }).expect(200);
  expect(body).toMatchObject({ from: goes, into: stays, by: 'hand', reason: 'same person' });
  expect(body.kept).toMatchObject({ firstName: 'Anna' });
  const contact = (await api.get(`/v1/contacts/${stays}`).expect(200)).body;
  expect(contact).toMatchObject({ firstName: 'Ann', company: 'Acme', jobTitle: 'CTO', traits: { plan: 'pro' } });
  expect((await api.get(`/v1/contacts/${goes}`).expect(200)).body).toEqual(contact);
  expect((await api.get(`/v1/contacts/${goes}/merges`).expect(200)).body).toEqual({ data: [body], next: null });
});

test('the other stays when told so', async () => {
  const [path, other] = [await known(), await known()];
  const { body } = await merged(path, { with: other, stays: other }).expect(200);
  expect(body).toMatchObject({ from: path, into: other });
});

test('asked again it answers the same', async () => {
  const [stays, goes] = [await known(), await known()];
  const first = (await merged(stays, { with: goes }).expect(200)).body;
  expect((await merged(stays, { with: goes }).expect(200)).body).toEqual(first);
  expect((await merged(goes, { with: stays }).expect(200)).body).toEqual(first);
  expect(await api.db.contactMerge.count({ where: { fromId: goes } })).toBe(1);
});

test('a chain leads to the last', async () => {
  const [a, b, c] = [await known(), await known(), await known()];
  await merged(b, { with: a }).expect(200);
  await merged(c, { with: a }).expect(200);
  expect((await api.get(`/v1/contacts/${a}`)).body.id).toBe(c);
  const { data } = (await api.get(`/v1/contacts/${b}/merges`)).body;
  expect(data.map(({ from, into }: { from: string; into: string }) => [from, into])).toEqual([
    [b, c],
    [a, b],
  ]);
});

test.each([
  ['itself', (id: string) => ({ with: id }), 400],
  ['nobody', () => ({ with: v7() }), 400],
  ['a third', () => ({ with: v7(), stays: v7() }), 400],
  ['a word', () => ({ with: 'ann' }), 400],
  ['an unknown key', () => ({ with: v7(), force: true }), 400],
])('a merge with %s is refused', async (_, body, status) => {
  const id = await known();
  await merged(id, body(id)).expect(status);
});

test('a contact that is not there is a 404', async () => {
  await merged(v7(), { with: await known() }).expect(404);
});

test('an opt-out of either holds for both', async () => {
  const [a, b] = [`${v7()}@example.test`, `${v7()}@example.test`];
  const [stays, goes] = [await known({ email: a, phone: '+491' }), await known({ email: b, phone: '+492' })];
  await api.db.suppression.createMany({
    data: [
      { addressHash: addressHash(b), scope: 'topic:education', reason: 'unsubscribed' },
      { addressHash: addressHash(a), scope: 'global', reason: 'bounced' },
      { addressHash: addressHash('+492'), channel: 'sms', scope: 'global', reason: 'unsubscribed' },
    ],
  });
  await merged(stays, { with: goes }).expect(200);
  const rows = await api.db.suppression.findMany({
    where: { addressHash: { in: [a, b, '+491', '+492'].map(addressHash) } },
  });
  const name = (hash: string) =>
    ['a', 'b', '+491', '+492'].find((_, i) => addressHash([a, b, '+491', '+492'][i] ?? '') === hash);
  expect(rows.map(({ addressHash: hash, scope, reason }) => `${name(hash)} ${scope} ${reason}`).sort()).toEqual([
    '+491 global unsubscribed',
    '+492 global unsubscribed',
    'a global bounced',
    'a topic:education unsubscribed',
    'b topic:education unsubscribed',
  ]);
});

test('what one took back is taken back', async () => {
  const [stays, goes] = [await known(), await known()];
  const row = (contactId: string, state: string, day: number) => ({
    ...{ id: v7(), contactId, topic: 'education', state, at: new Date(Date.UTC(2026, 0, day)) },
  });
  await api.db.consent.createMany({ data: [row(stays, 'given', 3), row(goes, 'given', 1), row(goes, 'withdrawn', 2)] });
  await merged(stays, { with: goes }).expect(200);
  const rows = await api.db.consent.findMany({ where: { contactId: stays }, orderBy: { at: 'asc' } });
  expect(rows.map(({ state, source }) => [state, source])).toEqual([
    ['given', null],
    ['withdrawn', null],
    ['given', null],
    ['withdrawn', 'merge'],
  ]);
});

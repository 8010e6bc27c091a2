import { v7 } from 'uuid';
import { aContact } from './people';
import { testApi, type TestApi } from './harness';

let api: TestApi;
beforeEach(async () => void (api = await testApi()));
afterEach(() => api.drop());

interface Listed {
  stays: { id: string };
  others: { id: string; refusal: string | null }[];
}

async function found(rule: string): Promise<[string, string[]][]> {
  const { body } = await api.get(`/v1/duplicates?rule=${rule}`).expect(200);
  return body.data.map(({ stays, others }: Listed) => [stays.id, others.map(({ id }) => id)]);
}

const person = (email: string | null, more: object = {}) => aContact(api.db, { email, ...more });

test('spellings of one mailbox are one person', async () => {
  const spellings = [
    'ann.lee@gmail.com',
    'annlee@googlemail.com',
    'a.n.n.lee+news@gmail.com',
    'x+1@acme.test',
    'x@acme.test',
  ];
  const [a, b, c, d, e] = await inTurn(spellings.map((email) => () => person(email)));
  await person('x.y@acme.test');
  await person('xy@acme.test');
  expect(await found('email')).toEqual([
    [d, [e]],
    [a, [b, c]],
  ]);
});

test('a phone is one person', async () => {
  const [a, b] = [await person(null), await person(null)];
  await api.db.contact.updateMany({ where: { id: { in: [a, b] } }, data: { phone: '+4930123' } });
  expect(await found('phone')).toEqual([[a, [b]]]);
});

test('the same name at the same company', async () => {
  const named = async (firstName: string, lastName: string, company: string): Promise<string> => {
    const id = await person(null);
    await api.db.contact.update({ where: { id }, data: { firstName, lastName, company } });
    return id;
  };
  const [a, b, c] = [
    await named('José', 'Müller', 'Acme GmbH & Co. KG'),
    await named('jose', 'MULLER', 'ACME, Inc.'),
    await named('José', 'Müller', 'Acme S.A.R.L.'),
  ];
  await named('José', 'Müller', 'Acme Labs');
  await named('Josef', 'Müller', 'Acme');
  expect(await found('name-and-company')).toEqual([[a, [b, c]]]);
});

test('two whom a server named together', async () => {
  const [a, b, c] = [await person('a@x.test', { user: 'a' }), await person('b@x.test'), await person('c@x.test')];
  const named = (contactId: string, others: string[], fromBrowser = false) =>
    api.db.event.create({
      data: {
        ...{ origin: 'http', messageId: v7(), type: 'contact.identified', keys: [], bucket: 0, fromBrowser, contactId },
        ...{ occurredAt: new Date(), processed: true, context: { conflict: { contacts: others, refused: [] } } },
      },
    });
  await named(a, [b]);
  await named(a, [b]);
  await named(b, [c], true);
  expect(await found('named-together')).toEqual([[a, [b]]]);
  await api.post(`/v1/contacts/${a}/merge`, { with: b }).expect(200);
  expect(await found('named-together')).toEqual([]);
});

test('one with an account stays, two are left alone', async () => {
  const [a, b, c] = [
    await person('x@acme.test'),
    await person('x+1@acme.test', { user: '1' }),
    await person('x+2@acme.test', { user: '2' }),
  ];
  const { body } = await api.get('/v1/duplicates').expect(200);
  expect(body.data).toMatchObject([
    {
      rule: 'email',
      stays: { id: b, hasUserId: true },
      others: [{ id: c, refusal: 'Both have a user id.' }, { id: a }],
    },
  ]);
});

test('who is said to be two stays two', async () => {
  const [a, b] = [await person('x@acme.test'), await person('x+1@acme.test')];
  await api.post('/v1/duplicates/distinct', { a: b, b: a }).expect(200);
  await api.post('/v1/duplicates/distinct', { a, b }).expect(200);
  expect(await found('email')).toEqual([]);
  const c = await person('x+2@acme.test');
  expect(await found('email')).toEqual([[a, [c]]]);
  // Merged into the one, it is not the other either.
  await api.post(`/v1/contacts/${c}/merge`, { with: a }).expect(200);
  expect(await found('email')).toEqual([]);
  await api.post('/v1/duplicates/distinct', { a: b, b }).expect(400);
  await api.post('/v1/duplicates/distinct', { a: b, b: v7() }).expect(400);
});

test('pages follow each other', async () => {
  const pairs = await inTurn(
    [1, 2, 3].map((n) => async () => [await person(`p${n}@acme.test`), await person(`p${n}+x@acme.test`)]),
  );
  const first = (await api.get('/v1/duplicates?limit=2').expect(200)).body;
  const second = (await api.get(`/v1/duplicates?limit=2&cursor=${first.next}`).expect(200)).body;
  const ids = [...first.data, ...second.data].map(({ stays, others }: Listed) => [stays.id, others[0]?.id]);
  expect(ids).toEqual(pairs.reverse());
  expect([first.data.length, second.next]).toEqual([2, null]);
});

test('a dry run counts, a merge is a job', async () => {
  await inTurn(['a@x.test', 'a+1@x.test', 'a+2@x.test'].map((email) => () => person(email)));
  await person('b@x.test', { user: '1' });
  await person('b+1@x.test', { user: '2' });
  const { body } = await api.post('/v1/duplicates/merge', { rule: 'email', dryRun: true }).expect(200);
  expect(body).toEqual({ groups: 2, merges: 2, refused: 1, complete: true });
  const { job } = (await api.post('/v1/duplicates/merge', { rule: 'email' }).expect(202)).body;
  expect(job).toMatchObject({ kind: 'merge-duplicates', state: 'queued' });
  await api.post('/v1/duplicates/merge', { rule: 'phone' }).expect(400);
});

test('of more than fifty a preview says at least', async () => {
  await inTurn(Array.from({ length: 52 }, (_, i) => () => person(`crowd+${i}@x.test`)));
  const { body } = await api.post('/v1/duplicates/merge', { rule: 'email', dryRun: true }).expect(200);
  expect(body).toEqual({ groups: 1, merges: 49, refused: 0, complete: false });
});

async function inTurn<T>(steps: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  for (const step of steps) results.push(await step());
  return results;
}

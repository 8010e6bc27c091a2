import { v7 } from 'uuid';
import { inTransaction } from '../../prisma/client';
import { givePoints } from '../../prisma/stores/scores/points';
import { testApi, type TestApi } from './harness';
import { aContact } from './people';

describe('paging', () => {
  let api: TestApi;
  const ids: string[] = [];
  beforeAll(async () => {
    api = await testApi();
    for (let n = 0; n < 7; n += 1) ids.unshift(await aContact(api.db, { email: `p${n}@x.test` }));
  });
  afterAll(() => api.drop());

  const idsOf = (rows: { id: string }[]) => rows.map(({ id }) => id);

  test('newest first, each once, stable under inserts', async () => {
    const seen: string[] = [];
    let next: string | null = null;
    do {
      const cursor: string = next === null ? '' : `&cursor=${next}`;
      const { body } = await api.get(`/v1/contacts?limit=3${cursor}`).expect(200);
      seen.push(...idsOf(body.data));
      next = body.next;
      if (seen.length === 3) await aContact(api.db);
    } while (next !== null);
    expect(seen).toEqual(ids);
  });

  test('a page that ends the list has no next', async () => {
    const { body } = await api.get('/v1/contacts?limit=8').expect(200);
    expect(body.data).toHaveLength(8);
    expect(body.next).toBeNull();
  });

  test.each(['0', '201', '-1', '1.5', 'many', '', '1&limit=2'])('the limit %j is refused', async (limit) => {
    const answer = await api.get(`/v1/contacts?limit=${limit}`).expect(400);
    expect(answer.body.errors).toMatchObject([{ in: 'query', pointer: '#/limit' }]);
  });

  test.each(['x', 'MQ', Buffer.from('not-a-uuid').toString('base64url')])(
    'the cursor %j is refused',
    async (cursor) => {
      const answer = await api.get(`/v1/contacts?cursor=${cursor}`).expect(400);
      expect(answer.body.errors).toMatchObject([{ in: 'query', pointer: '#/cursor' }]);
    },
  );

  test.each([
    ['/v1/score-model/versions', '999999999999999999'],
    [`/v1/contacts/${v7()}/score`, `9999999999999999/${v7()}`],
  ])('a forged cursor of %s is refused', async (path, key) => {
    const answer = await api.get(`${path}?cursor=${Buffer.from(key).toString('base64url')}`).expect(400);
    expect(answer.body.errors).toMatchObject([{ in: 'query', pointer: '#/cursor' }]);
  });

  test('points from before 1970 are read to the end', async () => {
    const [contactId = ''] = ids;
    const given = { contactId, axis: 'fit' as const, points: 1, rule: 'old', journeyKey: 'j' };
    const entries = [-3, -2, -1].map((at, visit) => ({ ...given, id: v7(), at, enrollmentId: contactId, visit }));
    await inTransaction(api.db, (tx) => givePoints(tx, entries));
    const first = await api.get(`/v1/contacts/${contactId}/score?limit=2`).expect(200);
    const last = await api.get(`/v1/contacts/${contactId}/score?limit=2&cursor=${first.body.next}`).expect(200);
    const instants = [...first.body.contributions, ...last.body.contributions].map(({ at }) => Date.parse(at));
    expect(instants).toEqual([-1, -2, -3]);
  });
});

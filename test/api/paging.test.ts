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
});

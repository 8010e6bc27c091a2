import { v7 } from 'uuid';
import { sweepSegments } from '../../activities/pump/sweep-segments';
import type { JsonObject } from '../../workflows/domain/json';
import { publishedJourney } from '../support/journeys';
import { happening, pumped } from '../support/pump';
import { testApi, type TestApi } from './harness';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api.drop());

const path = (key: string) => `/v1/segments/${key}`;
const save = (key: string, where: JsonObject, name = 'A name') => api.put(path(key), { name, where });

describe('a segment', () => {
  test('is stored, read, changed and deleted', async () => {
    const where: JsonObject = { all: [{ did: 'page.viewed', within: '30 days' }, { not: { segment: 'customers' } }] };
    const made = await save('visitors', where, 'Visitors').expect(201);
    expect(made.body).toMatchObject({ key: 'visitors', name: 'Visitors', where, builtIn: false });
    await save('visitors', { field: 'country', is: 'DE' }).set('If-Match', '"7"').expect(412);
    const changed = await save('visitors', { field: 'country', is: 'DE' }).set('If-Match', '"1"').expect(200);
    expect(changed.headers['etag']).toBe('"2"');
    expect((await api.get(path('visitors'))).body.where).toEqual({ field: 'country', is: 'DE' });
    await api.delete(path('visitors')).set('If-Match', '"1"').expect(412);
    await api.delete(path('visitors')).expect(204);
    await api.get(path('visitors')).expect(404);
    await api.delete(path('visitors')).expect(404);
  });

  test('tells how many are in it, and some of them', async () => {
    const people = Array.from({ length: 12 }, (_, i) => [`email:seen-${i}@example.test`]);
    await pumped(
      api.db,
      people.map((keys) => happening('identify', { keys, traits: { company: 'Seen Ltd' } })),
    );
    await save('seen', { field: 'company', is: 'seen ltd' }).expect(201);
    const { body } = await api.get(path('seen')).expect(200);
    expect(body).toMatchObject({ count: 12, complete: true });
    expect(body.people).toHaveLength(10);
    expect(body.people[0]).toMatchObject({ company: 'Seen Ltd', firstName: null });
    await api.delete(path('seen')).expect(204);
  });

  test('is counted where it is watched', async () => {
    await save('german', { field: 'country', is: 'DE' }).expect(201);
    const listed = async () => {
      const { body } = await api.get('/v1/segments').expect(200);
      return body.data.find(({ key }: { key: string }) => key === 'german');
    };
    expect(await listed()).toMatchObject({ count: null, countedAt: null, known: false });
    const sweep = () => sweepSegments({ db: api.db, versions: new Map(), at: new Date() });
    await sweep();
    expect(await listed()).toMatchObject({ name: 'A name', count: 0, known: true });
    await pumped(api.db, [happening('identify', { keys: ['email:eva@example.test'], traits: { country: 'DE' } })]);
    const { id } = await api.db.contact.findFirstOrThrow({ where: { country: 'DE' } });
    const before = await listed();
    await sweep();
    const after = await listed();
    expect(after).toMatchObject({ count: 1, known: true });
    expect(Date.parse(after.countedAt)).toBeGreaterThan(Date.parse(before.countedAt));
    const { body } = await api.get(`/v1/contacts/${id}/segments`).expect(200);
    expect(body).toEqual({ data: [{ key: 'german', name: 'A name', since: expect.any(String) }] });
    expect(Date.parse(body.data[0].since)).toBeLessThanOrEqual(Date.now());
    await api.get(`/v1/contacts/${v7()}/segments`).expect(404);
    await api.delete(path('german')).expect(204);
    expect((await api.get(`/v1/contacts/${id}/segments`)).body).toEqual({ data: [] });
  });

  test('stands in one list with the built-in ones', async () => {
    await save('anybody', { field: 'email', exists: true }).expect(201);
    const first = await api.get('/v1/segments?limit=2').expect(200);
    const rest = await api.get(`/v1/segments?cursor=${first.body.next}`).expect(200);
    const keys = [...first.body.data, ...rest.body.data].map(({ key }: { key: string }) => key);
    expect(keys).toEqual(['anybody', 'customers', 'open-opportunities', 'target-accounts']);
    await save('customers-2', { segment: 'customers' }).expect(201);
    const pages = await api.get('/v1/segments?limit=3').expect(200);
    expect(pages.body.data.map(({ key }: { key: string }) => key)).toEqual(['anybody', 'customers', 'customers-2']);
    await api.delete(path('customers-2')).expect(204);
    expect(rest.body.data[0]).toMatchObject({ key: 'open-opportunities', builtIn: true });
  });

  test('built-in stays as it is', async () => {
    await save('customers', { field: 'country', is: 'DE' }).expect(409);
    await api.delete(path('customers')).expect(409);
    await api.get(path('customers')).expect(200);
  });

  test.each<[string, JsonObject, string, string]>([
    ['an unknown segment', { any: [{ segment: 'nobody' }] }, '#/where/any/0/segment', 'there is no segment `nobody`'],
    [
      'an unknown field',
      { not: { field: 'contry', is: 'DE' } },
      '#/where/not/field',
      'a contact has no field `contry`',
    ],
    ['an unknown topic', { consent: 'weather' }, '#/where/consent', 'there is no topic `weather`'],
    ['a property', { property: 'plan', is: 'pro' }, '#/where/property', '`property` has no meaning here'],
    ['of a message', { did: 'email.clicked', of: 'mail' }, '#/where/of', '`of` has no meaning outside of a journey'],
    ['no condition', { feld: 1 }, '#/where', '`feld` is no condition'],
    ['nothing', {}, '#/where', 'must be a condition'],
  ])('with %s is refused', async (_name, where, pointer, detail) => {
    const { body } = await save('wrong', where).expect(422);
    expect(body).toMatchObject({ code: 'segment-invalid', errors: [{ pointer }] });
    expect(body.errors[0].detail).toContain(detail);
    const count = await api.post('/v1/segments/count', { where }).expect(422);
    expect(count.body.errors).toEqual(body.errors);
  });

  test('that leads back to itself is refused', async () => {
    await save('one', { segment: 'customers' }).expect(201);
    await save('two', { all: [{ segment: 'one' }] }).expect(201);
    await save('three', { any: [{ segment: 'two' }] }).expect(201);
    const { body } = await save('one', { not: { any: [{ segment: 'customers' }, { segment: 'three' }] } }).expect(422);
    expect(body.errors).toEqual([
      {
        in: 'body',
        pointer: '#/where/not/any/1/segment',
        detail: 'the segment leads back to itself through `three`',
      },
    ]);
    await save('self', { segment: 'self' }).expect(422);
  });

  test('that asks too much is refused', async () => {
    const many = (count: number): JsonObject => ({ any: Array.from({ length: count }, () => ({ tier: 'high' })) });
    const detail = (count: number) => `with its segments spelled out this has ${count} parts; 1000 are the most`;
    await save('half', many(400)).expect(201);
    const twice: JsonObject = { all: [{ segment: 'half' }, { not: { segment: 'half' } }] };
    await save('whole', twice).expect(201);
    const over = await save('more', { any: [{ segment: 'whole' }, { segment: 'half' }] }).expect(422);
    expect(over.body.errors).toEqual([expect.objectContaining({ pointer: '#/where', detail: detail(1210) })]);
    expect((await save('half', many(499)).expect(422)).body.errors).toEqual([
      { in: 'body', pointer: '#/where', detail: `segment \`whole\` names it: ${detail(1004)}` },
    ]);
    await api.post('/v1/segments/count', { where: many(1000) }).expect(422);
    await api.delete(path('whole')).expect(204);
    await api.delete(path('half')).expect(204);
  });

  test('that something names is not deleted', async () => {
    await save('inner', { segment: 'customers' }).expect(201);
    await save('outer', { segment: 'inner' }).expect(201);
    const journey = `
journey: named
explain: Whoever enters the outer segment rests.
topic: education
entry: [{ segment: outer }]
steps: [{ id: done, kind: exit, outcome: done }]
`;
    await publishedJourney(api.db, journey);
    expect((await api.delete(path('inner')).expect(409)).body.detail).toBe('It is named by segment outer.');
    expect((await api.delete(path('outer')).expect(409)).body.detail).toBe('It is named by journey named.');
    await api.db.journey.updateMany({ where: { key: 'named' }, data: { status: 'archived' } });
    await api.delete(path('outer')).expect(204);
    await api.delete(path('inner')).expect(204);
  });
});

describe('people', () => {
  const people = [
    { country: 'DE', lifecycleStage: 'Customer', traits: { plan: 'Pro', seats: 3 } },
    { country: 'de', targetAccount: true, traits: { plan: 'free', seats: '3.0' } },
    { country: 'Côte', company: 'Ünited', traits: {} },
    { company: 'united', traits: { plan: 7 } },
  ];
  let ids: string[];
  beforeAll(async () => {
    await api.db.contact.deleteMany();
    ids = people.map(() => v7()).sort();
    await api.db.contact.createMany({ data: people.map((person, i) => ({ id: ids[i] ?? '', ...person })) });
    await pumped(api.db, [happening('demo.requested', { keys: [`contact:${ids[3]}`] })]);
  });

  const found = async (where: JsonObject) => {
    await save('some', where);
    const { body } = await api.get('/v1/contacts?segment=some').expect(200);
    const newest = body.data.slice(0, 10).map(({ id }: { id: string }) => expect.objectContaining({ id }));
    expect((await api.post('/v1/segments/count', { where })).body).toEqual({
      ...{ count: body.data.length, complete: true },
      people: newest,
    });
    return body.data.map(({ id }: { id: string }) => ids.indexOf(id));
  };

  test.each<[string, JsonObject, number[]]>([
    ['text ignores case', { field: 'country', is: 'De' }, [1, 0]],
    ['a letter beyond ASCII too', { field: 'company', is: 'ünited' }, [2]],
    ['numbers equal their texts', { field: 'traits.seats', is: 3 }, [1, 0]],
    ['one of several', { field: 'traits.plan', in: ['pro', 7] }, [3, 0]],
    ['a flag', { field: 'targetAccount', is: true }, [1]],
    ['a field that is filled', { field: 'company', exists: true }, [3, 2]],
    ['a field that is empty', { field: 'country', exists: false }, [3]],
    ['did', { did: 'demo.requested', within: '1 day' }, [3]],
    ['did not', { not: { did: 'demo.requested' } }, [2, 1, 0]],
    ['did often enough', { did: 'demo.requested', times: 2 }, []],
    [
      'all and any',
      { all: [{ field: 'country', is: 'de' }, { any: [{ segment: 'customers' }, { score: 'fit', atLeast: 9 }] }] },
      [0],
    ],
    [
      'tier, consent and mails',
      { all: [{ tier: 'none' }, { consent: 'product' }, { not: { mails: 'last 1', opened: 'any' } }] },
      [3, 2, 1, 0],
    ],
    ['nobody in a journey', { journey: 'any', status: 'active' }, []],
  ])('are found by %s', async (_name, where, expected) => {
    expect(await found(where)).toEqual(expected);
  });

  test('come in pages, also with a search', async () => {
    await save('some', { field: 'lifecycleStage', exists: false });
    const first = await api.get('/v1/contacts?segment=some&limit=2').expect(200);
    const second = await api.get(`/v1/contacts?segment=some&limit=2&cursor=${first.body.next}`).expect(200);
    const seen = [...first.body.data, ...second.body.data].map(({ id }: { id: string }) => ids.indexOf(id));
    expect([seen, second.body.next]).toEqual([[3, 2, 1], null]);
    const searched = await api.get('/v1/contacts?segment=some&q=unit').expect(200);
    expect(searched.body.data.map(({ id }: { id: string }) => ids.indexOf(id))).toEqual([3]);
  });
});

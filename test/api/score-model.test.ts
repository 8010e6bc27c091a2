import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { testApi, type TestApi } from './harness';

const standard = readFileSync(join(__dirname, '../../workflows/scoring-model/catalog/standard.yaml'), 'utf8');
const small =
  'model: small\nexplain: Demo requests alone.\nengagement: [{ id: demo, on: demo.requested, points: 50 }]\n';

let api: TestApi;

beforeEach(async () => {
  api = await testApi();
});
afterEach(() => api.drop());

async function addContact(): Promise<void> {
  await api.db.contact.create({ data: { id: '01930000-0000-7000-8000-000000000001' } });
}

test('without a model there is nothing to read', async () => {
  expect((await api.get('/v1/score-model')).status).toBe(404);
  expect((await api.post('/v1/score-model/publish')).status).toBe(404);
});

test('a draft is kept as it was written', async () => {
  const first = await api.put('/v1/score-model', { document: small });
  expect(first.status).toBe(201);
  expect(first.headers['etag']).toBe('"1"');
  expect(first.body).toMatchObject({ revision: 1, published: null, document: small });
  expect((await api.put('/v1/score-model', { document: small })).body.revision).toBe(1);
  const changed = await api.put('/v1/score-model', { document: parse(standard) });
  expect(changed.status).toBe(200);
  expect(parse((await api.get('/v1/score-model')).body.document)).toEqual(parse(standard));
});

test('a draft that was changed meanwhile is kept', async () => {
  await api.put('/v1/score-model', { document: small });
  const late = await api.put('/v1/score-model', { document: standard }).set('If-Match', '"0"');
  expect(late.status).toBe(412);
  expect((await api.put('/v1/score-model', { document: standard }).set('If-Match', '"1"')).status).toBe(200);
  expect((await api.post('/v1/score-model/publish').set('If-Match', '"1"')).status).toBe(412);
});

test('a bad document is refused with its places', async () => {
  const { status, body } = await api.put('/v1/score-model', { document: small.replace('points: 50', 'points: 0') });
  expect(status).toBe(422);
  expect(body).toMatchObject({
    type: expect.stringContaining('score-model-invalid'),
    errors: [{ pointer: '#/document/engagement/0/points', line: 3, detail: '`points` must not be 0' }],
  });
  const checked = await api.post('/v1/score-model/validate', { document: `${small}slience: null\n` });
  expect(checked.body).toEqual({
    valid: false,
    problems: [
      {
        ...{ path: '/slience', line: 4, message: 'unknown key `slience`' },
        hint: 'did you mean `silence`?',
      },
    ],
  });
});

test('publishing makes a version, once', async () => {
  await api.put('/v1/score-model', { document: small });
  const first = await api.post('/v1/score-model/publish');
  expect(first.status).toBe(200);
  expect(first.body).toMatchObject({ version: { number: 1 }, created: true, job: null });
  expect((await api.post('/v1/score-model/publish')).body).toMatchObject({ version: { number: 1 }, created: false });
  await api.put('/v1/score-model', { document: standard });
  await api.post('/v1/score-model/publish');
  expect((await api.get('/v1/score-model')).body).toMatchObject({ revision: 2, published: { number: 2 } });
  const { body } = await api.get('/v1/score-model/versions');
  expect(body.data.map(({ number }: { number: number }) => number)).toEqual([2, 1]);
  expect((await api.get('/v1/score-model/versions/1')).body).toMatchObject({
    ...{ number: 1, source: small, document: { model: 'small' } },
    model: { engagement: [{ id: 'demo', types: ['demo.requested'], points: 50 }] },
  });
  expect((await api.get('/v1/score-model/versions/3')).status).toBe(404);
});

test('publishing counts everybody anew', async () => {
  await addContact();
  await api.put('/v1/score-model', { document: small });
  const { status, body, headers } = await api.post('/v1/score-model/publish', { tell: true });
  expect(status).toBe(202);
  expect(headers['location']).toBe(`/v1/jobs/${body.job.id}`);
  expect(api.control.calls).toContainEqual(expect.stringContaining(body.job.id));
  const job = await api.db.job.findUniqueOrThrow({ where: { id: body.job.id } });
  expect(job).toMatchObject({ kind: 'rescore', input: { versionId: body.version.id } });
  expect(await api.db.scoreModelVersion.findFirst()).toMatchObject({ tell: true });
});

test('groups are those of the moment of publishing', async () => {
  await api.patch('/v1/settings', { eventGroups: { reads: ['blog.read', 'guide.read'] } });
  await api.put('/v1/score-model', { document: small.replace('demo.requested', 'reads') });
  await api.post('/v1/score-model/publish');
  await api.patch('/v1/settings', { eventGroups: { reads: ['video.seen'] } });
  const { body } = await api.get('/v1/score-model/versions/1');
  expect(body.model.engagement[0].types).toEqual(['blog.read', 'guide.read']);
});

test('simulations go by the published model', async () => {
  const document = {
    ...{ journey: 'sorting', explain: 'Sorted by points.', topic: 'education', entry: [] },
    steps: [
      { id: 'a-day', kind: 'wait', for: '1 day' },
      { id: 'sort', kind: 'branch', cases: [{ when: { tier: 'medium' }, next: 'hot' }], else: 'cold' },
      { id: 'hot', kind: 'exit', outcome: 'hot' },
      { id: 'cold', kind: 'exit', outcome: 'cold' },
    ],
  };
  const personas = [{ does: [{ after: '1 hour', event: 'demo.requested' }] }];
  const outcome = async () =>
    (await api.post('/v1/journeys/sorting/simulate', { document, personas })).body.personas[0].outcome;
  expect(await outcome()).toBe('cold');
  await api.put('/v1/score-model', { document: small });
  await api.post('/v1/score-model/publish');
  expect(await outcome()).toBe('hot');
});

test('the schema is there for editors', async () => {
  expect((await api.get('/v1/score-model-schema')).body).toMatchObject({ title: 'Nurture score model' });
});

import { advanceJob, createJob, recordPage } from '../../prisma/stores/jobs';
import { inTransaction } from '../../prisma/client';
import { testApi, type TestApi } from './harness';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api.drop());

function newJob() {
  return createJob(api.db, { kind: 'bulk-action', input: {}, progress: { total: 3 }, requestedBy: null });
}

test('a job says how far it is', async () => {
  const { id } = await newJob();
  await recordPage(api.db, id, {
    from: null,
    to: 'b',
    counts: { done: 1 },
    refused: [{ subject: 'a', reason: 'gone' }],
  });
  await recordPage(api.db, id, { from: 'b', to: null, counts: { done: 1 }, result: { version: 2 } });
  const { body } = await api.get(`/v1/jobs/${id}`).expect(200);
  expect(body).toMatchObject({ state: 'done', progress: { total: 3, done: 2, refused: 1 }, result: { version: 2 } });
  const refusals = await api.get(`/v1/jobs/${id}/refusals`).expect(200);
  expect(refusals.body).toEqual({ data: [{ subject: 'a', reason: 'gone' }], next: null });
});

test('a page counts once', async () => {
  const { id } = await newJob();
  const page = { from: null, to: 'b', counts: { done: 2 } };
  expect(await recordPage(api.db, id, page)).toBe(true);
  expect(await recordPage(api.db, id, page)).toBe(false);
  expect((await api.get(`/v1/jobs/${id}`)).body.progress.done).toBe(2);
});

test('a cancelled job takes no further page', async () => {
  const { id } = await newJob();
  await api.post(`/v1/jobs/${id}/cancel`).expect(200);
  expect(await inTransaction(api.db, (tx) => advanceJob(tx, id, { from: null, to: null }))).toBe(false);
  await api.post(`/v1/jobs/${id}/cancel`).expect(409);
});

test('jobs are listed by state', async () => {
  const { id } = await newJob();
  const { body } = await api.get('/v1/jobs?state=queued').expect(200);
  expect(body.data.map((row: { id: string }) => row.id)).toEqual([id]);
  await api.get('/v1/jobs/00000000-0000-7000-8000-000000000000').expect(404);
});

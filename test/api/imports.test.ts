import { once } from 'node:events';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Response } from 'supertest';
import { once as onceByKey } from '../../api/http/idempotency';
import { openRequest } from '../../prisma/stores/idempotent-requests';
import { purgeImports } from '../../prisma/stores/imports';
import { createJob, findJob } from '../../prisma/stores/jobs';
import { poll } from '../support/poll';
import { testApi, type TestApi } from './harness';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api.drop());

const people = 'email,firstName,consent.topic,consent.source,consent.at\n';
const ann = 'ann@example.test,Ann,education,Fair,2026-03-01\n';

function upload(body: string | Buffer, query: Record<string, string> = {}, type = 'text/csv') {
  return api
    .post(`/v1/imports?${new URLSearchParams(query).toString()}`)
    .set('Content-Type', type)
    .send(body);
}

const rowsOf = (jobId: string) => api.db.importRow.findMany({ where: { jobId }, orderBy: { line: 'asc' } });

test('a file waits for its job', async () => {
  const { body } = await upload(people + ann, { source: 'Fair' }).expect(202);
  expect(body.job).toMatchObject({ kind: 'import', state: 'queued', progress: { total: 1 } });
  expect(api.control.calls).toContain(`start import ${body.job.id}`);
  const cells = ['ann@example.test', 'Ann', 'education', 'Fair', '2026-03-01'];
  const waiting = { jobId: body.job.id, line: 2, data: { cells }, createdAt: expect.any(Date) as Date };
  expect(await rowsOf(body.job.id)).toEqual([waiting]);
  const { body: shown } = await api.get(`/v1/imports/${body.job.id}`).expect(200);
  expect(shown).toMatchObject({ source: 'Fair', marketing: true, mapping: { firstName: 'firstName' } });
});

test("a column of somebody's ids is told of", async () => {
  const { body } = await upload('id,email\n42,ann@example.test\n', { marketing: 'false' }).expect(202);
  const { body: shown } = await api.get(`/v1/imports/${body.job.id}`).expect(200);
  expect(shown.mapping).toEqual({ id: 'skip', email: 'email' });
  expect(shown.notes).toEqual([expect.stringContaining('mapping={"id":"externalId"}')]);
});

test('a compressed file is read as any other', async () => {
  const { body } = await upload(gzipSync(people + ann))
    .set('Content-Encoding', 'gzip')
    .expect(202);
  expect(await rowsOf(body.job.id)).toHaveLength(1);
});

test('a file in another encoding is read as it says', async () => {
  const latin = Buffer.from('email,firstName\nann@example.test,Andr\u00e9\n', 'latin1');
  const type = 'text/csv; charset=Windows-1252';
  const { body } = await upload(latin, { marketing: 'false' }, type).expect(202);
  expect((await rowsOf(body.job.id))[0]?.data).toEqual({ cells: ['ann@example.test', 'Andr\u00e9'] });
  await upload(latin, { marketing: 'false' }, 'text/csv; charset=koi8-r').expect(400);
});

test.each([
  ['no type', people + ann, {}, 'application/octet-stream', /Say what it is/],
  ['no consent', 'email\nann@example.test\n', {}, 'text/csv', /no column is `consent.topic`/],
  ['nobody to be found', 'firstName\nAnn\n', { marketing: 'false' }, 'text/csv', /nobody could be found/],
  ['nobody but ids', 'id\n42\n', { marketing: 'false' }, 'text/csv', /mapping=\{.*id.*externalId/],
  ['a column twice', 'email,E-Mail\na,b\n', { marketing: 'false' }, 'text/csv', /Two columns are `email`/],
  [
    'a stranger',
    'email\na\n',
    { marketing: 'false', mapping: '{"mail":"email"}' },
    'text/csv',
    /The file has no column/,
  ],
  ['an unknown target', 'email\na\n', { mapping: '{"email":"adress"}' }, 'text/csv', /must be one of/],
  ['a mapping that is no JSON', 'email\na\n', { mapping: '{' }, 'text/csv', /must be JSON/],
  ['an unknown topic', people + ann, { consent: '{"topic":"cooking"}' }, 'text/csv', /no such topic/],
  ['no rows', people, {}, 'text/csv', /no rows/],
])('a file with %s is refused', async (_, body, query, type, detail) => {
  const refused = await upload(body, query, type).expect(400);
  expect(JSON.stringify(refused.body.errors)).toMatch(detail);
});

test('a file that breaks in the middle leaves nothing', async () => {
  const rows = Array.from({ length: 3_000 }, (_, i) => `p${i}@example.test,P,education,Fair,2026-03-01\n`).join('');
  const { body } = await upload(`${people}${rows}x@example.test,"open\n`).expect(400);
  expect(body.errors).toEqual([expect.objectContaining({ line: 3002, detail: 'A quote is opened and never closed.' })]);
  const left = await api.db.$queryRaw<{ count: number }[]>`
    select count(*)::int as count from import_row r where not exists (select from job j where j.id = r.job_id)`;
  expect(left).toEqual([{ count: 0 }]);
});

test('refused rows come back as a file', async () => {
  const { body } = await upload(`${people}${ann}"b,c@example.test",Bo,,,\n`).expect(202);
  const refused = [{ jobId: body.job.id, subject: '3', reason: 'It has no consent.' }];
  await api.db.jobRefusal.createMany({ data: refused });
  const file = await api
    .get(`/v1/imports/${body.job.id}/errors`)
    .expect(200)
    .expect('Content-Type', /text\/csv/);
  expect(file.text).toBe(
    'email,firstName,consent.topic,consent.source,consent.at,nurture.line,nurture.reason\n"b,c@example.test",Bo,,,,3,It has no consent.\n',
  );
  await api.get('/v1/imports/00000000-0000-7000-8000-000000000000/errors').expect(404);
});

test.each([
  ['semicolons', 'text/csv', `${people}x,Bo,,,\n`.replaceAll(',', ';')],
  ['tabs', 'text/tab-separated-values', `${people}x,Bo,,,\n`.replaceAll(',', '\t')],
  ['columns of these names', 'text/csv', 'email,line,reason,firstName\nx,7,why,Bo\n'],
  ['objects', 'application/x-ndjson', '{"email":"x","firstName":"Bo"}\n'],
])('refused rows may be sent again and again: %s', async (_, type, content) => {
  const files: string[] = [content];
  const rows: unknown[] = [];
  for (let i = 0; i < 3; i += 1) {
    const { body } = await upload(files.at(-1) ?? '', { marketing: 'false' }, type).expect(202);
    const [row] = await rowsOf(body.job.id);
    rows.push(row?.data);
    await api.db.jobRefusal.create({ data: { jobId: body.job.id, subject: String(row?.line), reason: 'no, "so"' } });
    const errors = await api.get(`/v1/imports/${body.job.id}/errors`).buffer(true).parse(asIs).expect(200);
    files.push(String(errors.body));
  }
  expect(rows[1]).toEqual(rows[0]);
  expect(rows[2]).toEqual(rows[0]);
  expect(files[3]).toBe(files[1]);
});

/** Of a type that the client does not know. */
function asIs(answer: Response, done: (error: Error | null, body: unknown) => void): void {
  let body = '';
  answer.on('data', (chunk: Buffer) => (body += chunk.toString()));
  answer.on('end', () => done(null, body));
}

test('no refused cell is a formula', async () => {
  const formulas = '"=HYPERLINK(""http://x.test"")",@SUM(1),-3,,\n';
  const { body } = await upload(people + formulas).expect(202);
  const refused = [{ jobId: body.job.id, subject: '2', reason: 'It has no consent.' }];
  await api.db.jobRefusal.createMany({ data: refused });
  const file = await api.get(`/v1/imports/${body.job.id}/errors`).expect(200);
  expect(file.text.split('\n')[1]).toBe(`"'=HYPERLINK(""http://x.test"")",'@SUM(1),-3,,,2,It has no consent.`);
});

const DAY_MS = 86_400_000;

test.each([
  ['of this week', 'done', 7, true],
  ['of long ago', 'done', 31, false],
  ['that was cancelled', 'cancelled', 0, false],
])('people whom a dry run %s showed', async (_, state, days, stay) => {
  const rows = [{ line: 2, email: 'ann@example.test' }];
  const job = await createJob(api.db, { kind: 'import', input: {}, requestedBy: null });
  const over = { state, finishedAt: new Date(Date.now() - days * DAY_MS) };
  await api.db.job.update({ where: { id: job.id }, data: { ...over, result: { rows, skipped: ['Plan'] } } });
  await purgeImports(api.db);
  expect((await findJob(api.db, job.id))?.result).toEqual({ ...(stay && { rows }), skipped: ['Plan'] });
});

test('a repetition is the same import', async () => {
  const key = { 'Idempotency-Key': 'one-file' };
  const first = await upload(people + ann)
    .set(key)
    .expect(202);
  const second = await upload(people + ann)
    .set(key)
    .expect(202);
  expect(second.body.job.id).toBe(first.body.job.id);
});

test('a repetition is the same import though its answer was lost', async () => {
  const again = () => upload(people + ann).set({ 'Idempotency-Key': 'unanswered' });
  const first = await again().expect(202);
  await api.db.idempotentRequest.deleteMany({ where: { key: 'unanswered' } });
  const second = await again().expect(202);
  expect(second.body.job.id).toBe(first.body.job.id);
  const left = await api.db.$queryRaw<object[]>`
    select from import_row r where not exists (select from job j where j.id = r.job_id)`;
  expect(left).toEqual([]);
});

describe('over a connection of its own', () => {
  let server: Server;
  beforeEach(async () => {
    server = createServer(api.app).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  test('an upload that broke off is made anew', async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/imports`;
    const headers = {
      ...{ Authorization: `Bearer ${api.serverKey}`, 'Content-Type': 'text/csv' },
      'Idempotency-Key': 'broken',
    };
    const rowWith = (where: object) => api.db.idempotentRequest.findFirst({ where: { key: 'broken', ...where } });
    const sending = httpRequest(url, { method: 'POST', headers });
    sending.on('error', () => undefined);
    sending.write(people + ann);
    await poll('the upload to begin', () => rowWith({ status: null }));
    sending.destroy();
    await poll('the upload to end', async () => !(await rowWith({})) || rowWith({ status: { not: null } }));
    const whole = await fetch(url, { method: 'POST', headers, body: people + ann });
    expect(whole.status).toBe(202);
  });
});

test('an upload that takes long is not begun again', async () => {
  const keyId = (await api.db.apiKey.findFirstOrThrow({ where: { name: 'server' } })).id;
  const id = { apiKeyId: keyId, key: 'slow', requestHash: 'x' };
  const old = { key: 'slow', createdAt: { lt: new Date(Date.now() - 60_000) } };
  let end: (reply: { status: number }) => void = () => undefined;
  const handle = () => new Promise<{ status: number }>((resolve) => (end = resolve));
  const first = onceByKey(api.db, id, { handle, touchMs: 20 });
  try {
    await poll('it to begin', () => api.db.idempotentRequest.findFirst({ where: { key: 'slow' } }));
    await api.db.idempotentRequest.updateMany({ where: { key: 'slow' }, data: { createdAt: new Date(0) } });
    await poll('it to be touched', async () => (await api.db.idempotentRequest.count({ where: old })) === 0);
    expect(await openRequest(api.db, id)).toEqual({ kind: 'in-flight' });
  } finally {
    end({ status: 202 });
    await first;
  }
});

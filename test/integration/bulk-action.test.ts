import pino from 'pino';
import request from 'supertest';
import { createApp } from '../../api/app';
import { createJourneyControl, type TemporalControl } from '../../api/temporal';
import type { MailTransport } from '../../activities/providers/mail/transport';
import { createApiKey } from '../../prisma/stores/api-keys';
import { createJob } from '../../prisma/stores/jobs';
import { testConfig } from '../api/harness';
import { captured, crowd, enrollments, journeyOf, untilAll } from '../support/crowd';
import { publishedJourney } from '../support/journeys';
import { poll } from '../support/poll';
import { testTemporal } from '../support/temporal';
import { startWorld, type World } from '../support/world';

jest.setTimeout(180_000);

let world: World;
let control: TemporalControl;
let post: (path: string, body: object) => request.Test;
let get: (path: string) => request.Test;
let refuses = false;
beforeAll(async () => {
  world = await startWorld({ overrides: { pump: undefined, sweepEveryMs: 1_000, transport: moody } });
  const { db, namespace } = world;
  control = createJourneyControl({ address: testTemporal().address, namespace, apiKey: null, tls: false });
  const log = pino({ level: 'silent' });
  const agent = request(createApp({ db, config: testConfig, control, log, now: () => new Date() }));
  const { key } = await createApiKey(db, { name: 'operator', scopes: ['read', 'operate'] });
  const bearer = { Authorization: `Bearer ${key}` };
  post = (path, body) => agent.post(path).set(bearer).send(body);
  get = (path) => agent.get(path).set(bearer);
});
afterAll(async () => {
  await control.close();
  await world.stop();
});

/** Takes every mail, or none for good. */
function moody(): MailTransport {
  return {
    name: 'moody',
    idempotent: true,
    send: async () =>
      refuses ? { kind: 'rejected', why: 'no such mailbox' } : { kind: 'accepted', providerMessageId: null },
  };
}

async function resting(key: string, count: number): Promise<string[]> {
  await publishedJourney(world.db, journeyOf(key, { rest: '2 days' }));
  const emails = await crowd(world.db, key, { count });
  await untilAll(world.db, emails, { what: 'everybody to rest', is: ({ stepId }) => stepId === 'rest' });
  return emails;
}

async function jobOf(body: object): Promise<string> {
  const answer = await post('/v1/enrollments/bulk', body).expect(202);
  expect(answer.headers.location).toBe(`/v1/jobs/${answer.body.job.id}`);
  return answer.body.job.id;
}

function over(jobId: string) {
  const end = async () => {
    const { body } = await get(`/v1/jobs/${jobId}`).expect(200);
    return body.state !== 'queued' && body.state !== 'running' && body;
  };
  return poll('the job to end', end, { timeoutMs: 60_000 });
}

const ended = { what: 'everybody to end', is: ({ status }: { status: string }) => status === 'finished' };

test('a dry run counts and does nothing', async () => {
  const emails = await resting('counted', 3);
  const body = { filter: { journey: 'counted', status: 'active' }, action: 'exit', dryRun: true };
  const answer = await post('/v1/enrollments/bulk', body).expect(200);
  const group = { journey: 'counted', status: 'active', stepId: 'rest', code: null, count: 3 };
  expect(answer.body).toMatchObject({ matched: 3, groups: [group] });
  expect(new Set(answer.body.sample)).toEqual(new Set((await enrollments(world.db, emails)).map(({ id }) => id)));
  expect(await world.db.enrollment.count({ where: { leaving: { not: null } } })).toBe(0);
});

test('an empty filter is refused', async () => {
  const { body } = await post('/v1/enrollments/bulk', { filter: {}, action: 'exit' }).expect(400);
  expect(body.errors).toMatchObject([{ pointer: '#/filter' }]);
});

test('many are skipped, each once', async () => {
  const emails = await resting('skipped', 60);
  const [gone] = await enrollments(world.db, emails);
  await world.client.workflow.getHandle(gone?.workflowId ?? '').terminate();
  const job = await over(await jobOf({ filter: { journey: 'skipped' }, action: 'skip' }));
  expect(job).toMatchObject({ state: 'done', progress: { total: 60, done: 59, refused: 1 } });
  const refusals = await get(`/v1/jobs/${job.id}/refusals`).expect(200);
  expect(refusals.body.data).toEqual([{ subject: gone?.id, reason: expect.stringMatching(/not running|finished/) }]);
  const others = emails.filter((email) => email !== gone?.email);
  await untilAll(world.db, others, ended);
  const [row] = await world.db.$queryRaw<{ skips: number }[]>`
    select count(*)::int as skips from step_visit v join enrollment e on e.id = v.enrollment_id
    where e.journey_key = 'skipped' and v.outcome = 'skipped'`;
  expect(row?.skips).toBe(59);
});

test('those who need attention are tried again', async () => {
  await publishedJourney(world.db, journeyOf('refused', { rest: '1 second' }));
  refuses = true;
  const emails = await crowd(world.db, 'refused', { count: 20 });
  const status = 'needs_attention';
  await untilAll(world.db, emails, { what: 'everybody to need a person', is: (one) => one.status === status });
  refuses = false;
  const filter = { status, code: 'send-rejected' };
  expect((await get('/v1/enrollments?code=send-rejected&limit=200').expect(200)).body.data).toHaveLength(20);
  const job = await over(await jobOf({ filter, action: 'retry' }));
  expect(job).toMatchObject({ state: 'done', progress: { done: 20, refused: 0 } });
  await untilAll(world.db, emails, ended);
});

test('a job whose workflow was ended goes on', async () => {
  const emails = await resting('resumed', 70);
  const id = await jobOf({ filter: { journey: 'resumed' }, action: 'exit', reason: 'over' });
  await world.client.workflow.getHandle(`job/bulk-action/${id}`).terminate();
  expect(await over(id)).toMatchObject({ state: 'done', progress: { total: 70, refused: 0 } });
  const all = await untilAll(world.db, emails, ended);
  expect(new Set(all.map(({ outcome }) => outcome))).toEqual(new Set(['exited']));
});

test('who comes after the call is left alone', async () => {
  const emails = await resting('later', 2);
  const before = new Date(0).toISOString();
  const job = await over(await jobOf({ filter: { journey: 'later', before }, action: 'exit' }));
  expect(job.progress).toMatchObject({ total: 0, done: 0 });
  expect((await enrollments(world.db, emails)).map(({ status }) => status)).toEqual(['active', 'active']);
});

test('a job that cannot be done fails, and says so', async () => {
  const { id } = await createJob(world.db, { kind: 'bulk-action', input: {}, requestedBy: null });
  await control.startJob('bulk-action', id);
  expect(await over(id)).toMatchObject({ state: 'failed', error: expect.stringContaining('ZodError') });
});

test('each mail went out once', async () => {
  expect(await captured(world.db)).toMatchObject({ doubles: 0 });
});

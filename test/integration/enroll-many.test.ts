import pino from 'pino';
import request from 'supertest';
import { v7 } from 'uuid';
import { startWorker, type RunningWorker } from '../../activities/run-worker';
import { reconcileSchedules } from '../../activities/schedules/reconcile';
import { createApp } from '../../api/app';
import { createJourneyControl, type TemporalControl } from '../../api/temporal';
import { createApiKey } from '../../prisma/stores/api-keys';
import { testConfig } from '../api/harness';
import { publishedJourney } from '../support/journeys';
import { poll } from '../support/poll';
import { testTemporal } from '../support/temporal';
import { startWorld, workerConfig, type World } from '../support/world';

jest.setTimeout(180_000);

const overrides = { sweepEveryMs: 1_000 };
const log = pino({ level: 'silent' });

let world: World;
/** Takes over where the first one was stopped. */
let second: RunningWorker | null = null;
let control: TemporalControl;
let post: (path: string, body: object) => request.Test;
let get: (path: string) => request.Test;
beforeAll(async () => {
  world = await startWorld({ overrides: { pump: undefined, ...overrides } });
  const { db, namespace } = world;
  control = createJourneyControl({ address: testTemporal().address, namespace, apiKey: null, tls: false });
  const agent = request(createApp({ db, config: testConfig, control, log, now: () => new Date() }));
  const { key } = await createApiKey(db, { name: 'operator', scopes: ['read', 'operate', 'author'] });
  const bearer = { Authorization: `Bearer ${key}` };
  post = (path, body) => agent.post(path).set(bearer).send(body);
  get = (path) => agent.get(path).set(bearer);
});
afterAll(async () => {
  await second?.stop();
  await control.close();
  await world.stop();
});

const journey = (key: string, more = '') => `
journey: ${key}
explain: Whoever is asked to come rests a week.
topic: education
entry: [${more}]
steps:
  - { id: week, kind: wait, for: 7 days }
  - { id: done, kind: exit, outcome: completed }
`;

/** People of an industry, so that a condition finds these and no others. */
async function people(industry: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => v7());
  await world.db.contact.createMany({
    data: ids.map((id, i) => ({ id, industry, email: `${industry}-${i}@example.test` })),
  });
  await world.db.contactIdentity.createMany({
    data: ids.map((contactId, i) => ({ kind: 'email', value: `${industry}-${i}@example.test`, contactId })),
  });
  return ids;
}

async function jobOf(key: string, body: object): Promise<string> {
  return (await post(`/v1/journeys/${key}/enrollments/bulk`, body).expect(202)).body.job.id;
}

function over(id: string) {
  const end = async () => {
    const { body } = await get(`/v1/jobs/${id}`).expect(200);
    return body.state !== 'queued' && body.state !== 'running' && body;
  };
  return poll('the job to end', end, { timeoutMs: 150_000 });
}

const entered = (journeyKey: string) => world.db.enrollment.count({ where: { journeyKey } });

test('everybody of a condition, nobody else', async () => {
  await publishedJourney(world.db, journey('bakers'));
  await people('bakery', 40);
  await people('brewery', 10);
  const where = { field: 'industry', is: 'bakery' };
  const dry = await post('/v1/journeys/bakers/enrollments/bulk', { where, dryRun: true }).expect(200);
  expect([dry.body, await entered('bakers')]).toEqual([{ matched: 40, complete: true, unknown: [] }, 0]);
  const job = await over(await jobOf('bakers', { where, properties: { from: 'fair' } }));
  expect(job).toMatchObject({ state: 'done', result: { asked: 40, entered: 40, refusedByJourney: 0 } });
  const rows = await world.db.enrollment.findMany({ where: { journeyKey: 'bakers' }, select: { entry: true } });
  expect(rows.map(({ entry }) => entry)).toEqual(Array(40).fill({ from: 'fair' }));
});

test('the rules of the journey hold, and are counted', async () => {
  const where = { field: 'industry', is: 'bakery' };
  const { result } = await over(await jobOf('bakers', { where }));
  expect(result).toMatchObject({ entered: 0, refusedByJourney: 40, reasons: { 'already in this journey': 40 } });
});

test('a long count tells everybody, however many reasons', async () => {
  const versionId = await publishedJourney(
    world.db,
    journey('again').replace('steps:', 'reentry: { after: 90 days }\nsteps:'),
  );
  const ids = await people('florist', 60);
  const run = { journeyKey: 'again', versionId, n: 1, entryTurn: 0n, enteredAt: new Date(), status: 'finished' };
  const ended = (i: number) => new Date(Date.now() - i * 60_000);
  const rows = ids.map((contactId, i) => ({ ...run, id: v7(), contactId, outcome: 'completed', endedAt: ended(i) }));
  await world.db.enrollment.createMany({ data: rows });
  // As if so much had happened since the job was made.
  await world.db
    .$queryRaw`select setval(pg_get_serial_sequence('event', 'seq'), (select max(seq) + 120000 from event))::text`;
  const { result } = await over(await jobOf('again', { where: { field: 'industry', is: 'florist' } }));
  expect(result).toMatchObject({ asked: 60, entered: 0, refusedByJourney: 60 });
  expect(Object.keys(result.reasons)).toHaveLength(50);
});

test('a list names its people, and who is nobody', async () => {
  await publishedJourney(world.db, journey('listed'));
  const [first = '', second = ''] = await people('list', 2);
  const emails = ['LIST-0@example.test', 'nobody@example.test', 'list-1@example.test', 'list-0@example.test'];
  const id = await jobOf('listed', { emails });
  expect(await over(id)).toMatchObject({ result: { asked: 2, entered: 2 }, progress: { total: 2, refused: 1 } });
  const refusals = await get(`/v1/jobs/${id}/refusals`).expect(200);
  expect(refusals.body.data).toEqual([{ subject: '1', reason: 'There is no such contact.' }]);
  const rows = await world.db.enrollment.findMany({ where: { journeyKey: 'listed' } });
  expect(new Set(rows.map(({ contactId }) => contactId))).toEqual(new Set([first, second]));
});

test('a pace is kept', async () => {
  await publishedJourney(world.db, journey('paced'));
  await people('paced', 30);
  const id = await jobOf('paced', { where: { field: 'industry', is: 'paced' }, perMinute: 120 });
  await poll('the first', async () => (await entered('paced')) > 0);
  expect(await entered('paced')).toBeLessThan(10);
  await post(`/v1/jobs/${id}/cancel`, {}).expect(200);
  expect((await over(id)).state).toBe('cancelled');
});

test('interrupted twice, nobody is asked twice', async () => {
  await publishedJourney(world.db, journey('crowded'));
  await people('crowded', 1_000);
  const id = await jobOf('crowded', { where: { field: 'industry', is: 'crowded' } });
  const past = (count: number) =>
    poll('progress', async () => (await entered('crowded')) > count, { timeoutMs: 60_000 });
  await past(100);
  // Once the run is ended, once the process goes.
  await world.client.workflow.getHandle(`job/enroll-many/${id}`).terminate();
  await past(500);
  await world.worker.stop();
  second = await startWorker({ config: workerConfig(world), log, overrides });
  const job = await over(id);
  expect(job).toMatchObject({ state: 'done', result: { asked: 1_000, entered: 1_000, refusedByJourney: 0 } });
  const [counts] = await world.db.$queryRaw<object[]>`
    select count(*)::int as runs, count(distinct contact_id)::int as people from enrollment where journey_key = 'crowded'`;
  expect(counts).toEqual({ runs: 1_000, people: 1_000 });
});

describe('a schedule', () => {
  const scheduled = journey(
    'monthly',
    `{ schedule: { every: month, day: 1, at: "09:00" }, who: { field: industry, is: monthly } }`,
  );
  const handle = () => world.client.schedule.getHandle('entry/monthly/0');
  const known = async () =>
    (
      await poll('the schedule', () =>
        handle()
          .describe()
          .catch(() => false as const),
      )
    ).state.note;

  test('lets people in, each instant once', async () => {
    await people('monthly', 5);
    await publishedJourney(world.db, scheduled);
    expect(await known()).toMatch(/^entry 1 of monthly \(/);
    await handle().trigger();
    await poll('everybody', async () => (await entered('monthly')) === 5, { timeoutMs: 30_000 });
    await handle().trigger();
    const jobs = () => world.db.job.count({ where: { cause: { startsWith: 'scheduled:monthly:0:' } } });
    const firings = async () => (await handle().describe()).info.recentActions.length;
    await poll('both firings', async () => (await firings()) === 2, { timeoutMs: 30_000 });
    expect(await jobs()).toBe(1);
  });

  test('is changed with its journey, and goes with it', async () => {
    const before = await known();
    await publishedJourney(world.db, scheduled.replace('day: 1', 'day: 2'));
    await poll('the new day', async () => (await known()) !== before);
    const { spec } = await handle().describe();
    expect(spec.calendars?.[0]).toMatchObject({ dayOfMonth: [{ start: 2 }] });
    await post('/v1/journeys/monthly/pause', {}).expect(200);
    await poll('it to go', () =>
      handle()
        .describe()
        .then(
          () => false,
          () => true,
        ),
    );
    await post('/v1/journeys/monthly/resume', {}).expect(200);
    expect(await known()).toMatch(/^entry 1 of monthly/);
  });

  test('that is right already is left alone', async () => {
    await known();
    expect(await reconcileSchedules({ ...world, log })).toBe(0);
  });
});

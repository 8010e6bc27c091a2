import { aContact, aJourney, aWaitingEnrollment, publishedJourney } from './people';
import { testApi, type TestApi } from './harness';

const DAY = 86_400;

let api: TestApi;
let count = 0;
let key: string;
let versionId: string;
beforeAll(async () => {
  api = await testApi();
});
beforeEach(async () => {
  key = `journey-${(count += 1)}`;
  versionId = await publishedJourney(api.db, key);
});
afterAll(() => api.drop());

async function inside(more: { status?: string; arrivedAt?: Date } = {}): Promise<string> {
  const contactId = await aContact(api.db);
  const id = await aWaitingEnrollment(api.db, { contactId, journeyKey: key, versionId, ...more });
  const { arrivedAt = new Date() } = more;
  await api.db.stepVisit.upsert({
    where: { enrollmentId_visit: { enrollmentId: id, visit: 1 } },
    create: {
      ...{ enrollmentId: id, visit: 1, stepId: 'two-days', kind: 'wait', arrivedAt },
      deadline: new Date(arrivedAt.getTime() + 2 * DAY * 1000),
    },
    update: { arrivedAt, deadline: new Date(arrivedAt.getTime() + 2 * DAY * 1000) },
  });
  return id;
}

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);
const save = (from: string | RegExp, to: string) =>
  api.put(`/v1/journeys/${key}`, { document: aJourney(key).replace(from, to) }).expect(200);
const plan = (body: object = {}) => api.post(`/v1/journeys/${key}/plan`, body);
const publish = (body: object = {}) => api.post(`/v1/journeys/${key}/publish`, body);

describe('a plan', () => {
  test('says what stay, move and end would do', async () => {
    const [early, late] = [await inside({ arrivedAt: ago(3600) }), await inside({ arrivedAt: ago(1.5 * DAY) })];
    await inside({ status: 'held' });
    await save('2 days', '1 day');
    const { body } = await plan().expect(201);
    expect(body.versions).toMatchObject([
      {
        number: 1,
        people: 3,
        steps: [
          { stepId: 'two-days', change: 'changed', differences: [{ what: 'wait time', from: '2 days', to: '1 day' }] },
        ],
        at: [
          {
            ...{ stepId: 'two-days', kind: 'wait', to: 'two-days', people: 3, held: 1, needsAttention: 0 },
            move: {
              ...{ waitOn: 2, actAtOnce: 1, goOn: 0, end: 0, gone: 0 },
              deadlineMoves: { count: 3, min: -DAY, median: -DAY, max: -DAY },
            },
            stay: { actAtOnce: 0 },
            end: { leave: 3 },
          },
        ],
      },
    ]);
    expect(body.versions[0].at[0].sample).toEqual(expect.arrayContaining([early, late]));
    expect(body.totals).toMatchObject({ people: 3, move: { waitOn: 2, actAtOnce: 1 } });
    const again = await api.get(`/v1/journeys/${key}/plans/${body.id}`).expect(200);
    expect(again.body).toEqual(body);
  });

  test('names the steps that are gone', async () => {
    await inside();
    await save(/two-days/g, 'some-days');
    const { body } = await plan().expect(201);
    expect(body.totals.move).toMatchObject({ gone: 1, waitOn: 0 });
    const mapped = await plan({ steps: { 'two-days': 'some-days' } }).expect(201);
    expect(mapped.body.totals.move).toMatchObject({ gone: 0, waitOn: 1 });
    expect(mapped.body.versions[0].at[0]).toMatchObject({ stepId: 'two-days', to: 'some-days' });
    const ended = await plan({ steps: { 'two-days': null } }).expect(201);
    expect(ended.body.totals.move).toMatchObject({ gone: 0, end: 1 });
  });

  test('refuses a mapping that does not fit', async () => {
    await inside();
    const { body } = await plan({ steps: { 'two-days': 'quiet', nope: 'quiet' } }).expect(400);
    expect(body.errors.map((error: { pointer: string; detail: string }) => `${error.pointer} ${error.detail}`)).toEqual(
      [
        '#/steps/two-days two-days is still there: people at this wait cannot go on at the exit quiet',
        '#/steps/nope no version that people may be in has a step nope',
      ],
    );
  });

  test('may be made of another document', async () => {
    await inside();
    const document = aJourney(key).replace('2 days', '3 days');
    const { body } = await plan({ document }).expect(201);
    expect(body.totals.move.deadlineMoves).toMatchObject({ count: 1, min: DAY });
    await publish({ plan: body.id }).expect(409);
    await api.put(`/v1/journeys/${key}`, { document }).expect(200);
    await publish({ plan: body.id }).expect(200);
  });

  test('of a broken draft tells what is broken', async () => {
    const { body } = await plan({ document: aJourney(key).replace('2 days', 'soon') }).expect(422);
    expect(body).toMatchObject({ code: 'journey-invalid' });
    await api.post('/v1/journeys/no-such/plan').expect(404);
  });
});

describe('publishing', () => {
  test('leaves people where they are', async () => {
    const id = await inside();
    await save('2 days', '3 days');
    const { body } = await publish().expect(200);
    expect(body).toMatchObject({ created: true, version: { number: 2 } });
    expect((await api.get(`/v1/enrollments/${id}`)).body).toMatchObject({ version: 1 });
  });

  test('moves nobody without a plan', async () => {
    const { body } = await publish({ people: 'move' }).expect(422);
    expect(body).toMatchObject({ code: 'plan-needed' });
    await publish({ people: 'end' }).expect(422);
  });

  test('with a plan starts a job', async () => {
    await inside();
    await save('2 days', '3 days');
    const { body: shown } = await plan();
    const { body } = await publish({ plan: shown.id, people: 'move' }).expect(202);
    expect(body).toMatchObject({
      version: { number: 2 },
      job: { kind: 'move', state: 'queued', progress: { total: 1 } },
    });
    expect(api.control.calls).toContain(`start move ${body.job.id}`);
    await api.get(`/v1/jobs/${body.job.id}`).expect(200);
  });

  test('refuses a plan whose draft has changed', async () => {
    await save('2 days', '3 days');
    const { body: shown } = await plan();
    await save('2 days', '4 days');
    const { body } = await publish({ plan: shown.id, people: 'move' }).expect(409);
    expect(body).toMatchObject({ code: 'plan-outdated' });
    expect(body.detail).toMatch(/the draft, or a template that it uses, has changed/);
  });

  test('refuses a plan after another publication', async () => {
    await save('2 days', '3 days');
    const { body: shown } = await plan();
    await publish().expect(200);
    const { body } = await publish({ plan: shown.id, people: 'end' }).expect(409);
    expect(body.detail).toMatch(/another version has been published/);
  });

  test('refuses an old plan, and one of another journey', async () => {
    const { body: shown } = await plan();
    await publishedJourney(api.db, `${key}-other`);
    await api.post(`/v1/journeys/${key}-other/publish`, { plan: shown.id }).expect(409);
    await api.db.journeyPlan.update({ where: { id: shown.id }, data: { expiresAt: new Date() } });
    expect((await publish({ plan: shown.id }).expect(409)).body.detail).toMatch(/expired/);
  });

  test('refuses another mapping than was shown', async () => {
    const { body: shown } = await plan({ steps: { 'two-days': 'two-days' } });
    await publish({ plan: shown.id, people: 'move', steps: { 'two-days': null } }).expect(409);
    await publish({ plan: shown.id, people: 'move', steps: { 'two-days': 'two-days' } }).expect(202);
  });

  test('leaves nobody behind at a step that is gone', async () => {
    await inside();
    await save(/two-days/g, 'some-days');
    const { body: shown } = await plan();
    const { body } = await publish({ plan: shown.id, people: 'move' }).expect(422);
    expect(body).toMatchObject({ code: 'plan-incomplete', detail: expect.stringMatching(/^1 people are at steps/) });
    await publish({ plan: shown.id, people: 'stay' }).expect(200);
  });

  test('does not mind who came meanwhile', async () => {
    const { body: shown } = await plan();
    await inside();
    await publish({ plan: shown.id, people: 'end' }).expect(202);
  });
});

describe('a version', () => {
  test('is shown as it was published', async () => {
    const { body } = await api.get(`/v1/journeys/${key}/versions/1`).expect(200);
    expect(body).toMatchObject({
      number: 1,
      source: aJourney(key),
      graph: { first: 'two-days' },
      document: { journey: key },
    });
    await api.get(`/v1/journeys/${key}/versions/2`).expect(404);
  });

  test('is compared with the draft', async () => {
    expect((await api.get(`/v1/journeys/${key}/diff`).expect(200)).body).toMatchObject({
      from: 1,
      to: 'draft',
      same: true,
    });
    await save('2 days', '3 days');
    const { body } = await api.get(`/v1/journeys/${key}/diff`).expect(200);
    expect(body).toMatchObject({ same: false, steps: [{ stepId: 'two-days', differences: [{ what: 'wait time' }] }] });
  });

  test('is compared with another one', async () => {
    await save('2 days', '3 days');
    await publish().expect(200);
    const { body } = await api.get(`/v1/journeys/${key}/diff?from=2&to=1`).expect(200);
    expect(body.steps[0].differences).toEqual([{ what: 'wait time', from: '3 days', to: '2 days' }]);
    await api.get(`/v1/journeys/${key}/diff?from=9`).expect(404);
  });
});

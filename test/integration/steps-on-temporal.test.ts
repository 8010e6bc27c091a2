import { acceptEvents } from '../../prisma/stores/events';
import { completeTask } from '../../prisma/stores/tasks';
import { retry } from '../../workflows/contract/messages';
import { publishedJourney } from '../support/journeys';
import { poll } from '../support/poll';
import { happening } from '../support/pump';
import { startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld({ overrides: { pump: undefined } });
  for (const key of ['side', 'after']) {
    await publishedJourney(world.db, journey(key, '  - { id: done, kind: exit, outcome: completed }'));
  }
  await publishedJourney(world.db, journey('all-kinds', STEPS));
}, 60_000);
afterAll(() => world.stop());

function journey(key: string, steps: string): string {
  return `
journey: ${key}
name: ${key}
explain: Somebody gets something.
topic: education
stage: awareness
responsible: tests
review: 90 days
entry: [{ event: form.submitted, where: { form: ${key} } }]
steps:
${steps}
`;
}

const STEPS = `
  - { id: change, kind: update, set: { company: { entry: firm } }, tags: { add: [hot] } }
  - { id: points, kind: score, points: 30, reason: asked for the guide }
  - { id: call, kind: task, type: call, title: "Call {{ contact.company }}{% for i in (1..event.properties.n) %}!{% endfor %}" }
  - { id: ask, kind: enroll, journey: side, with: { why: asked } }
  - { id: fork, kind: split, arms: [{ name: a }, { name: b }] }
  - id: rich
    kind: branch
    cases: [{ when: { all: [{ tier: medium }, { field: traits.tags, contains: hot }] }, next: pause }]
    else: poor
  - { id: pause, kind: wait, for: 1 day, on: [{ event: task.completed, next: again }, { event: page.viewed, next: again }] }
  - { id: again, kind: repeat, from: pause, times: 1 }
  - { id: done, kind: exit, outcome: completed, into: after, with: { last: step } }
  - { id: poor, kind: exit, outcome: poor }`;

const of = (email: string) => ({ keys: [`email:${email}`], traits: { email } });

async function enters(email: string, properties: { firm: string; n: number }) {
  const submitted = { ...of(email), properties: { form: 'all-kinds', ...properties } };
  await acceptEvents(world.db, [happening('form.submitted', submitted)]);
  return poll('the enrollment', () =>
    world.db.enrollment.findFirst({
      where: { journeyKey: 'all-kinds', entry: { path: ['firm'], equals: properties.firm } },
    }),
  );
}

const visits = (enrollmentId: string) =>
  world.db.stepVisit.findMany({ where: { enrollmentId }, orderBy: { visit: 'asc' } });

test('a journey of all instantaneous kinds runs to its end', async () => {
  const { db } = world;
  const { id, contactId } = await enters('all@example.test', { firm: 'ACME', n: 2 });
  const task = await poll('the task', () => db.task.findFirst({ where: { enrollmentId: id } }), { timeoutMs: 20_000 });
  expect(task).toMatchObject({ title: 'Call ACME!!', status: 'open' });
  const standsAt = (visit: number) =>
    poll(`visit ${visit}`, async () => (await visits(id)).find((row) => row.visit === visit), { timeoutMs: 20_000 });
  await standsAt(7);
  await completeTask(db, task.id, { outcome: 'reached', at: new Date() });
  await standsAt(9);
  await acceptEvents(db, [happening('page.viewed', of('all@example.test'))]);
  const ended = await poll('the end', () => db.enrollment.findFirst({ where: { id, status: 'finished' } }), {
    timeoutMs: 20_000,
  });
  expect(ended.outcome).toBe('completed');
  const { arm } = await db.exposure.findFirstOrThrow({ where: { contactId } });
  expect((await visits(id)).map(({ stepId, outcome }) => `${stepId} ${outcome}`)).toEqual([
    ...['change done', 'points done', 'call done', 'ask done', `fork case:${arm === 'a' ? 0 : 1}`, 'rich case:0'],
    ...['pause on:0', 'again case:0', 'pause on:1', 'again else', 'done done'],
  ]);
  const others = await poll('the other journeys', async () => {
    const rows = await db.enrollment.findMany({
      where: { contactId, id: { not: id } },
      orderBy: { journeyKey: 'asc' },
    });
    return rows.length === 2 && rows;
  });
  expect(others.map(({ journeyKey, entry, hops }) => ({ journeyKey, entry, hops }))).toMatchObject([
    { journeyKey: 'after', entry: { firm: 'ACME', last: 'step' }, hops: 1 },
    { journeyKey: 'side', entry: { firm: 'ACME', why: 'asked' }, hops: 1 },
  ]);
  expect(await db.contact.findUnique({ where: { id: contactId } })).toMatchObject({ company: 'ACME' });
  expect(await db.scoreEntry.findMany({ where: { contactId } })).toMatchObject([{ points: 30, axis: 'engagement' }]);
}, 90_000);

test('a text that cannot be rendered needs attention', async () => {
  const { db } = world;
  const { id } = await enters('endless@example.test', { firm: 'Endless', n: 1_000_000_000 });
  const stuck = await poll(
    'the attention',
    () => db.enrollment.findFirst({ where: { id, status: 'needs_attention' } }),
    {
      timeoutMs: 20_000,
    },
  );
  expect(stuck.attention).toMatchObject({ code: 'render-failed', stepId: 'call', visit: 3 });
  expect((await visits(id)).map(({ stepId }) => stepId)).toEqual(['change', 'points']);
  expect(await db.task.count({ where: { enrollmentId: id } })).toBe(0);
}, 60_000);

test('a step that fails again and again rests, and is retried', async () => {
  const { db } = world;
  await db.$executeRaw`alter table task rename to task_away`;
  const { id } = await enters('broken@example.test', { firm: 'Broken', n: 1 });
  const status = async () => (await db.enrollment.findUniqueOrThrow({ where: { id } })).status;
  await poll('the attention', async () => (await status()) === 'needs_attention', { timeoutMs: 30_000 });
  expect(await db.enrollment.findUnique({ where: { id } })).toMatchObject({
    attention: { code: 'effect-gave-up', stepId: 'call', visit: 3 },
  });
  await db.$executeRaw`alter table task_away rename to task`;
  await world.client.workflow.getHandle(`all-kinds/${id}`).executeUpdate(retry);
  await poll('the wait', async () => (await visits(id)).length >= 7, { timeoutMs: 20_000 });
  expect(await db.task.count({ where: { enrollmentId: id } })).toBe(1);
  expect(await db.scoreEntry.count({ where: { enrollmentId: id } })).toBe(1);
}, 90_000);

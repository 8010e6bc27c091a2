import type { Client, WorkflowHandle } from '@temporalio/client';
import { v7 } from 'uuid';
import { movePage } from '../../activities/jobs/move-page';
import type { JobDeps } from '../../activities/jobs/page';
import { createJob, findJob, isOver, recordPage, type Job } from '../../prisma/stores/jobs';
import type { MoveInput } from '../../prisma/stores/moves';
import { readSettings } from '../../prisma/stores/settings';
import { wake } from '../../workflows/contract/messages';
import { contactWith, enrolled, publishedJourney } from '../support/journeys';
import { poll } from '../support/poll';
import { silent } from '../support/pump';
import { standsAt } from '../support/sending';
import { startWorld, type World } from '../support/world';

jest.setTimeout(60_000);

const OLD = (key: string) => `
journey: ${key}
name: ${key}
explain: A wait that a page view cuts short.
topic: education
stage: awareness
responsible: tests
review: 90 days
entry: [{ event: form.submitted }]
steps:
  - { id: rest, kind: wait, for: 2 days, on: [{ event: page.viewed, next: done }] }
  - { id: done, kind: exit, outcome: completed }
`;

let world: World;
let key: string;
let old: string;
let young: string;
let count = 0;
beforeAll(async () => {
  world = await startWorld();
}, 60_000);
beforeEach(async () => {
  key = `journey-${(count += 1)}`;
  old = await publishedJourney(world.db, OLD(key));
  young = await publishedJourney(world.db, OLD(key).replace('2 days', '5 days'));
});
afterAll(() => world.stop());

const deps = (client: Client = world.client): JobDeps => ({
  ...{ db: world.db, log: silent, client, announceDispatch: () => undefined },
  settings: async () => (await readSettings(world.db)).settings,
});

function newJob(more: Partial<MoveInput> = {}, total = 0): Promise<Job> {
  const input = { journey: key, versionId: young, number: 2, plan: v7(), people: 'move', steps: {}, ...more };
  return createJob(world.db, { kind: 'move', input, progress: { total }, requestedBy: null });
}

/** As the worker does, page by page, until the job is over. */
async function finished({ id }: Job, client?: Client): Promise<Job> {
  for (;;) {
    const job = await findJob(world.db, id);
    if (!job || isOver(job.state)) return job as Job;
    await page(job, client);
  }
}

async function page(job: Job, client?: Client): Promise<void> {
  const done = await movePage(deps(client), job);
  if (done) await recordPage(world.db, job.id, { ...done, from: job.cursor });
}

interface Person {
  id: string;
  handle: WorkflowHandle;
}

async function waiting(many: number): Promise<Person[]> {
  const people = await Promise.all(
    Array.from({ length: many }, async () => {
      const id = await unstarted({ started: true });
      return { id, handle: await world.start(id) };
    }),
  );
  for (const { handle } of people) await standsAt(handle, 'rest', 'waiting');
  return people;
}

async function unstarted({ started }: { started: boolean }): Promise<string> {
  const id = await enrolled(world.db, { contactId: await contactWith(world.db, null), versionId: old });
  await world.db.enrollment.update({ where: { id }, data: { started } });
  return id;
}

const rowOf = (id: string) => world.db.enrollment.findUniqueOrThrow({ where: { id } });
const inNew = () => world.db.enrollment.count({ where: { versionId: young } });
const stopAll = (people: Person[]) => Promise.all(people.map(({ handle }) => handle.terminate()));

/** A Temporal that is gone after so many calls: as when the worker is killed within a page. */
function dyingAfter(calls: number): Client {
  const workflow = {
    getHandle: (id: string) => {
      calls -= 1;
      if (calls < 0) throw new Error('the worker died here');
      return world.client.workflow.getHandle(id);
    },
  };
  return { workflow, withDeadline: (_at: number, call: () => unknown) => call() } as unknown as Client;
}

test('an attempt that dies is followed, and each counts once', async () => {
  const people = await waiting(6);
  let job = await newJob({}, 6);
  await page(job);
  job = (await findJob(world.db, job.id)) as Job;
  await expect(page(job, dyingAfter(3))).rejects.toThrow();
  await poll('those who were asked', async () => (await inNew()) === 3);
  const { state, result } = await finished(job);
  expect({ state, result }).toEqual({
    state: 'done',
    result: { planned: 6, moved: 6, ended: 0, left: 0, refused: 0, differs: 0 },
  });
  for (const { id } of people) {
    const visits = await world.db.stepVisit.findMany({ where: { enrollmentId: id }, orderBy: { visit: 'asc' } });
    expect(visits.map(({ outcome }) => outcome)).toEqual(['moved', null]);
  }
  await stopAll(people);
});

test('two attempts at a page count once', async () => {
  const people = await waiting(3);
  const job = await newJob({}, 3);
  await page(job);
  const picked = (await findJob(world.db, job.id)) as Job;
  await Promise.all([page(picked), page(picked)]);
  expect((await finished(job)).result).toMatchObject({ moved: 3, differs: 0 });
  await stopAll(people);
});

test('who has no run is moved all the same', async () => {
  const [fresh, gone] = [await unstarted({ started: false }), ...(await waiting(1))] as [string, Person];
  await gone.handle.terminate();
  const attention = { code: 'workflow-gone', detail: 'ended', since: new Date().toISOString() };
  await world.db.enrollment.update({ where: { id: gone.id }, data: { status: 'needs_attention', attention } });
  expect((await finished(await newJob({}, 2))).result).toMatchObject({ moved: 2 });
  expect(await rowOf(fresh)).toMatchObject({ versionId: young, visit: 0 });
  // Still with people: to bring it back is theirs to decide.
  expect(await rowOf(gone.id)).toMatchObject({ versionId: young, visit: 2, status: 'needs_attention' });
});

test('who has left meanwhile is counted', async () => {
  const [person, other] = await waiting(2);
  const job = await newJob({}, 2);
  await page(job);
  await world.db.enrollment.update({ where: { id: person!.id }, data: { leaving: 'gone' } });
  await person!.handle.signal(wake, { visit: null, outcome: 'leave' });
  await person!.handle.result();
  expect((await finished(job)).result).toMatchObject({ planned: 2, moved: 1, left: 1, differs: 0 });
  await stopAll([other!]);
});

test('who came or went is told', async () => {
  const people = await waiting(2);
  expect((await finished(await newJob({}, 3))).result).toMatchObject({ planned: 3, moved: 2, differs: -1 });
  await stopAll(people);
});

test('whose step is gone is refused, with the reason', async () => {
  young = await publishedJourney(world.db, OLD(key).replace('id: rest', 'id: pause'));
  const [person] = await waiting(1);
  const job = await finished(await newJob({ number: 3 }, 1));
  expect(job).toMatchObject({ state: 'done', result: { moved: 0, refused: 1 } });
  expect(await world.db.jobRefusal.findMany({ where: { jobId: job.id } })).toMatchObject([
    { subject: person!.id, reason: 'the new version has no rest, and nothing was said about whoever is there' },
  ]);
  await stopAll([person!]);
});

test('whom a plan ends leaves, each told once', async () => {
  const people = await waiting(3);
  const fresh = await unstarted({ started: false });
  const job = await finished(await newJob({ people: 'end' }, 4));
  expect(job).toMatchObject({ state: 'done', result: { planned: 4, ended: 4, moved: 0, differs: 0 } });
  for (const id of [fresh, ...people.map((person) => person.id)]) {
    expect(await rowOf(id)).toMatchObject({ leaving: 'ended-by-plan', versionId: old });
    expect(await world.db.dispatch.count({ where: { enrollmentId: id, outcome: 'leave' } })).toBe(1);
    expect(await world.db.decision.count({ where: { enrollmentId: id, outcome: 'ended-by-plan' } })).toBe(1);
  }
  for (const { handle } of people) {
    await handle.signal(wake, { visit: null, outcome: 'leave' });
    expect(await handle.result()).toEqual({ outcome: 'ended-by-plan' });
  }
});

test('a job ends when another version is published', async () => {
  const people = await waiting(1);
  const job = await newJob({}, 1);
  await publishedJourney(world.db, OLD(key).replace('2 days', '9 days'));
  expect(await finished(job)).toMatchObject({ state: 'failed', error: 'another version was published meanwhile' });
  expect(await rowOf(people[0]!.id)).toMatchObject({ versionId: old });
  await stopAll(people);
});

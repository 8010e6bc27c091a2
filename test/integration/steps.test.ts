import { v7 } from 'uuid';
import { renderText } from '../../activities/render-text';
import { inTransaction, type Db } from '../../prisma/client';
import { currentSettings } from '../../prisma/stores/current-settings';
import { act } from '../../prisma/stores/effects/act';
import { arrive } from '../../prisma/stores/effects/arrive';
import { underLock } from '../../prisma/stores/effects/context';
import { decide } from '../../prisma/stores/effects/decide';
import { finish } from '../../prisma/stores/effects/finish';
import { joinContacts } from '../../prisma/stores/merging/join';
import { readScores } from '../../prisma/stores/scores/read';
import { patchSettings } from '../../prisma/stores/settings';
import type { RenderText } from '../../workflows/domain/tasks/render-text';
import type { Closes } from '../../workflows/domain/visits/visit';
import { freshDatabase, type TestDatabase } from '../support/database';
import { contactWith, enrolled, publishedJourney } from '../support/journeys';
import { happening, pumped } from '../support/pump';

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await freshDatabase();
  db = database.db;
  await publishedJourney(db, head('other', '  - { id: done, kind: exit, outcome: completed }'));
  versionId = await publishedJourney(db, head('all-kinds', STEPS));
}, 60_000);
afterAll(() => database.drop());

let versionId: string;
let people = 0;

function head(key: string, steps: string): string {
  return `
journey: ${key}
name: ${key}
explain: Somebody gets something.
topic: education
stage: awareness
responsible: tests
review: 90 days
entry: [{ event: form.submitted, where: { form: ${key} } }]
reentry: always
steps:
${steps}
`;
}

const STEPS = `
  - { id: change, kind: update, set: { company: { entry: firm }, traits.plan: pro }, tags: { add: [hot], remove: [cold] } }
  - { id: points, kind: score, points: 30, reason: asked for the guide }
  - { id: call, kind: task, type: call, title: "Call {{ contact.firstName }} of {{ contact.company }}", note: "Wants {{ event.properties.topic }}", due: 4 hours }
  - { id: ask, kind: enroll, journey: other, with: { from: { entry: firm } } }
  - id: fork
    kind: split
    arms: [{ name: a, next: again }, { name: b }]
    holdout: { weight: 2 }
  - { id: pause, kind: wait, for: 1 hour, on: [{ event: page.viewed, next: again }] }
  - { id: again, kind: repeat, from: pause, times: 2 }
  - { id: done, kind: exit, outcome: completed, into: other }`;

interface Person {
  contactId: string;
  enrollmentId: string;
}

async function aPerson(fields: object = { firstName: 'Ann', owner: 'ann' }): Promise<Person> {
  const contactId = await contactWith(db, `steps-${(people += 1)}@example.test`);
  await db.contact.update({ where: { id: contactId }, data: fields });
  return { contactId, enrollmentId: await entered(contactId) };
}

async function entered(contactId: string): Promise<string> {
  await db.enrollment.updateMany({ where: { contactId }, data: { status: 'finished' } });
  const id = await enrolled(db, { contactId, versionId });
  await db.enrollment.update({ where: { id }, data: { entry: { firm: 'ACME', topic: 'AI' }, hops: 3 } });
  return id;
}

interface Asked {
  visit?: number;
  closes?: Closes | null;
  render?: RenderText;
}

function asked({ enrollmentId }: Person, stepId: string, { visit = 1, closes = null }: Asked) {
  return { enrollmentId, visit, stepId, closes, now: Date.now() };
}

const deps = () => ({ db, settings: currentSettings(db).current });

function acted(person: Person, stepId: string, it: Asked = {}) {
  const request = asked(person, stepId, it);
  const render = it.render ?? renderText;
  return underLock(deps(), request, (tx, context) => act(tx, { ...context, renderText: render }, request));
}

function decided(person: Person, stepId: string, it: Asked = {}) {
  const request = asked(person, stepId, it);
  return underLock(deps(), request, (tx, context) => decide(tx, context, request));
}

const told = (contactId: string, type: string) =>
  db.event.findMany({ where: { keys: { has: `contact:${contactId}` }, type }, orderBy: { seq: 'asc' } });
const decisions = (enrollmentId: string, kind: string) =>
  db.decision.findMany({ where: { enrollmentId, kind }, orderBy: { visit: 'asc' } });

test('an update writes the contact and tells of it', async () => {
  const person = await aPerson({ traits: { tags: ['cold', 'Hot'], keep: 1 } });
  expect(await acted(person, 'change')).toEqual({ kind: 'closed', outcome: 'done' });
  const contact = await db.contact.findUniqueOrThrow({ where: { id: person.contactId } });
  expect(contact).toMatchObject({ company: 'ACME', traits: { tags: ['Hot'], keep: 1, plan: 'pro' } });
  expect(await told(person.contactId, 'contact.updated')).toMatchObject([
    {
      ...{ origin: 'inside', hops: 4, processed: false },
      messageId: `contact.updated:${person.contactId}:${person.enrollmentId}:1`,
      properties: {
        changed: ['company', 'traits.plan', 'traits.tags'],
        values: { company: 'ACME', 'traits.plan': 'pro', 'traits.tags': ['Hot'] },
      },
    },
  ]);
  expect(await decisions(person.enrollmentId, 'update')).toMatchObject([{ outcome: 'changed', stepId: 'change' }]);
});

test('whoever an update makes a customer leaves', async () => {
  const steps = `
  - { id: won, kind: update, set: { lifecycleStage: customer } }
  - { id: day, kind: wait, for: 1 day }
  - { id: done, kind: exit, outcome: completed }`;
  const contactId = await contactWith(db, 'won@example.test');
  const enrollmentId = await enrolled(db, { contactId, versionId: await publishedJourney(db, head('won', steps)) });
  const elsewhere = await enrolled(db, { contactId, versionId });
  await acted({ contactId, enrollmentId }, 'won');
  await pumped(db);
  const left = await db.enrollment.findMany({ where: { id: { in: [enrollmentId, elsewhere] } } });
  expect(left.map(({ leaving }) => leaving)).toEqual(['customer', 'customer']);
  expect(await db.dispatch.count({ where: { enrollmentId, kind: 'wake', outcome: 'leave' } })).toBe(1);
});

test('a task has its texts and its owner', async () => {
  await patchSettings(db, { reps: [{ key: 'ann', name: 'Ann', email: 'ann@example.com' }] }, null);
  const person = await aPerson({ firstName: 'Cy', company: 'ACME', owner: 'Ann@example.com' });
  await acted(person, 'call');
  const [task] = await db.task.findMany({ where: { contactId: person.contactId } });
  expect(task).toMatchObject({
    ...{ enrollmentId: person.enrollmentId, visit: 1, journeyKey: 'all-kinds', stepId: 'call', type: 'call' },
    ...{ owner: 'ann', team: null, title: 'Call Cy of ACME', note: 'Wants AI', status: 'open' },
  });
  expect(task?.dueAt?.getTime()).toBeGreaterThan(Date.now());
});

test('a text that cannot be rendered writes nothing', async () => {
  const person = await aPerson();
  const render: RenderText = (_, { what }) => {
    throw new Error(`${what} cannot be rendered`);
  };
  await expect(acted(person, 'call', { render })).rejects.toThrow('the title of call cannot be rendered');
  expect(await db.task.count({ where: { contactId: person.contactId } })).toBe(0);
  expect(await db.stepVisit.count({ where: { enrollmentId: person.enrollmentId } })).toBe(0);
});

test('another journey is asked one hop further', async () => {
  const person = await aPerson();
  await acted(person, 'ask');
  expect(await told(person.contactId, 'journey.requested')).toMatchObject([
    {
      ...{ hops: 4, messageId: `journey.requested:${person.enrollmentId}:1` },
      properties: {
        journey: 'other',
        by: 'enroll',
        from: 'all-kinds',
        entry: { firm: 'ACME', topic: 'AI', from: 'ACME' },
      },
    },
  ]);
});

test('an exit into another journey asks after its end', async () => {
  const person = await aPerson();
  const { enrollmentId } = person;
  const at = { visit: 1, stepId: 'done', closes: null };
  const request = { enrollmentId, now: Date.now(), at };
  const ended = () => underLock(deps(), { ...request, ...at }, (tx, context) => finish(tx, context, request));
  expect(await ended()).toEqual({ kind: 'finished', outcome: 'completed' });
  expect(await ended()).toEqual({ kind: 'ended', outcome: 'completed' });
  const events = await db.event.findMany({
    where: { keys: { has: `contact:${person.contactId}` } },
    orderBy: { seq: 'asc' },
  });
  expect(events.map(({ type }) => type)).toEqual(['journey.finished', 'journey.requested']);
  expect(events[1]?.properties).toMatchObject({ journey: 'other', by: 'exit' });
});

test.each(['change', 'points', 'call', 'ask'])('copies of %s write once', async (stepId) => {
  const person = await aPerson();
  const answers = await Promise.all(Array.from({ length: 4 }, () => acted(person, stepId)));
  expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
    new Set(['{"kind":"closed","outcome":"done"}']),
  );
  const next = await acted(person, 'points', { visit: 2, closes: { visit: 1, outcome: 'done' } });
  expect(next).toEqual({ kind: 'closed', outcome: 'done' });
  expect(await acted(person, stepId)).toMatchObject({ kind: 'behind', position: { visit: 2 } });
  const { contactId, enrollmentId } = person;
  const [tasks, scores, events] = await Promise.all([
    db.task.count({ where: { contactId } }),
    db.scoreEntry.count({ where: { contactId } }),
    db.event.count({ where: { keys: { has: `contact:${contactId}` } } }),
  ]);
  const written = { change: [0, 1, 2], points: [0, 2, 1], call: [1, 1, 1], ask: [0, 1, 2] }[stepId];
  expect([tasks, scores, events]).toEqual(written);
  expect(await db.stepVisit.count({ where: { enrollmentId } })).toBe(2);
});

test('points are summed by axis', async () => {
  const person = await aPerson();
  await acted(person, 'points');
  await acted(person, 'points', { visit: 2, closes: { visit: 1, outcome: 'done' } });
  expect((await readScores(db, [person.contactId])).get(person.contactId)).toEqual({
    ...{ fit: 0, engagement: 60, total: 60, tier: 'medium' },
  });
  expect(await told(person.contactId, 'score.tier_changed')).toMatchObject([
    { hops: 4, properties: { from: 'none', to: 'medium', total: 30 } },
  ]);
});

test('who comes again is in the arm they were in', async () => {
  const person = await aPerson();
  const first = await decided(person, 'fork');
  const [drawn] = await db.exposure.findMany({ where: { contactId: person.contactId } });
  expect(drawn).toMatchObject({ journeyKey: 'all-kinds', stepId: 'fork', enrollmentId: person.enrollmentId });
  expect(drawn?.holdout).toBe(drawn?.arm === 'holdout');
  const other = drawn?.arm === 'a' ? 'b' : 'a';
  await db.exposure.updateMany({ where: { contactId: person.contactId }, data: { arm: other } });
  const again = { ...person, enrollmentId: await entered(person.contactId) };
  expect(await decided(again, 'fork')).toEqual({ kind: 'closed', outcome: other === 'a' ? 'case:0' : 'case:1' });
  expect(await decisions(again.enrollmentId, 'split')).toMatchObject([
    { reason: `${other}, as drawn before`, inputs: { arm: other, weights: { a: 1, b: 1, holdout: 2 } } },
  ]);
  // An arm that is there no more gives way to a new draw, which is the first one's.
  await db.exposure.updateMany({ where: { contactId: person.contactId }, data: { arm: 'gone' } });
  const third = { ...person, enrollmentId: await entered(person.contactId) };
  expect(await decided(third, 'fork')).toEqual(first);
  expect(await db.exposure.findMany({ where: { contactId: person.contactId } })).toMatchObject([{ arm: drawn?.arm }]);
});

test('of two arms of one person the older one stays', async () => {
  const at = (day: number) => new Date(Date.UTC(2026, 10, day));
  const [from, into, third] = [v7(), v7(), v7()];
  for (const id of [from, into, third]) await db.contact.create({ data: { id } });
  const arm = (contactId: string, stepId: string, name: string, day: number) => ({
    ...{ journeyKey: 'j', stepId, contactId, arm: name, enrollmentId: v7(), at: at(day) },
  });
  await db.exposure.createMany({
    data: [arm(from, 's', 'old', 1), arm(into, 's', 'new', 2), arm(from, 't', 'late', 4), arm(into, 't', 'early', 3)],
  });
  await db.exposure.createMany({ data: [arm(from, 'u', 'only', 1), arm(third, 's', 'else', 1)] });
  await inTransaction(db, (tx) => joinContacts(tx, [{ from, into, by: 'identity', reason: 'test' }], new Date()));
  const rows = await db.exposure.findMany({ where: { contactId: { in: [from, into, third] } } });
  expect(rows.map(({ contactId, stepId, arm: name }) => `${contactId === into} ${stepId} ${name}`).sort()).toEqual([
    ...['false s else', 'true s old', 'true t early', 'true u only'],
  ]);
});

test('points and tasks go with a joined contact', async () => {
  const person = await aPerson();
  await acted(person, 'points');
  await acted(person, 'call', { visit: 2, closes: { visit: 1, outcome: 'done' } });
  const into = v7();
  await db.contact.create({ data: { id: into } });
  await inTransaction(db, (tx) =>
    joinContacts(tx, [{ from: person.contactId, into, by: 'identity', reason: 'test' }], new Date()),
  );
  expect((await readScores(db, [into])).get(into)).toEqual({ fit: 0, engagement: 30, total: 30, tier: 'medium' });
  expect(await db.task.count({ where: { contactId: into } })).toBe(1);
});

describe('a repeat', () => {
  function waits(person: Person, visit: number, closes: Closes | null) {
    const request = asked(person, 'pause', { visit, closes });
    return underLock(deps(), request, (tx, context) => arrive(tx, context, request));
  }

  /** Where the enrollment's look-backs start, after the waits that are over. */
  const marks = ({ enrollmentId }: Person) =>
    db.stepVisit.findMany({
      where: { enrollmentId },
      orderBy: { visit: 'asc' },
      select: { stepId: true, outcome: true, lookTurn: true, mark: true },
    });

  test('goes back twice, and an event wins once', async () => {
    const person = await aPerson();
    await waits(person, 1, null);
    await pumped(db, [happening('page.viewed', { keys: [`contact:${person.contactId}`] })]);
    const rounds = ['on:0'];
    for (const visit of [2, 4, 6]) {
      const won = { visit: visit - 1, outcome: visit === 2 ? 'on:0' : 'skipped' } as const;
      rounds.push((await outcomeOf(decided(person, 'again', { visit, closes: won }))) ?? '');
      if (visit < 6) rounds.push((await waits(person, visit + 1, { visit, outcome: 'case:0' })).kind);
    }
    expect(rounds).toEqual(['on:0', 'case:0', 'waiting', 'case:0', 'waiting', 'else']);
    const told = await decisions(person.enrollmentId, 'repeat');
    expect(told.map(({ reason, inputs }) => [reason, inputs])).toEqual([
      ['back to pause: round 1 of 2', { round: 1, times: 2 }],
      ['back to pause: round 2 of 2', { round: 2, times: 2 }],
      ['all 2 rounds are done', { round: 2, times: 2 }],
    ]);
    for (const row of await marks(person)) {
      if (row.stepId === 'again') expect(row.mark).toBe(row.lookTurn);
    }
  });

  test('only going back is a round', async () => {
    const person = await aPerson();
    await decided(person, 'again');
    await db.stepVisit.updateMany({ where: { enrollmentId: person.enrollmentId }, data: { outcome: 'passed' } });
    const closes = { visit: 1, outcome: 'passed' } as const;
    await decided(person, 'again', { visit: 2, closes });
    expect(await decisions(person.enrollmentId, 'repeat')).toMatchObject([
      { visit: 1 },
      { visit: 2, reason: 'back to pause: round 1 of 2' },
    ]);
  });

  test('repeated asking goes back once', async () => {
    const person = await aPerson();
    const answers = await Promise.all([1, 2, 3].map(() => decided(person, 'again')));
    expect(answers).toEqual(answers.map(() => ({ kind: 'closed', outcome: 'case:0' })));
    expect(await marks(person)).toHaveLength(1);
  });

  async function outcomeOf(answer: ReturnType<typeof decided>): Promise<string | null> {
    const given = await answer;
    return given.kind === 'closed' ? given.outcome : null;
  }
});

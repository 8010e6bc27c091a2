import type { WorkflowHandle } from '@temporalio/client';
import { v7 } from 'uuid';
import { inTransaction, type Tx } from '../../prisma/client';
import { arrive } from '../../prisma/stores/effects/arrive';
import { underLock } from '../../prisma/stores/effects/context';
import { move as moveEffect } from '../../prisma/stores/effects/move';
import { moveStored } from '../../prisma/stores/effects/move-stored';
import { readSettings } from '../../prisma/stores/settings';
import type { EffectRequest, MoveOrder } from '../../workflows/contract/effects';
import { CONTACT_JOURNEY, ENGINE } from '../../workflows/contract/journey';
import { move, position, released } from '../../workflows/contract/messages';
import { JOURNEYS } from '../../workflows/contract/task-queues';
import { nextOf } from '../../workflows/interpreter/follow';
import { stallAt, type Stall } from '../support/faults';
import { contactWith, enrolled, publishedJourney } from '../support/journeys';
import { poll } from '../support/poll';
import { standsAt } from '../support/sending';
import { startWorld, type World } from '../support/world';

jest.setTimeout(60_000);

const OLD = (key: string) => `
journey: ${key}
name: ${key}
explain: Two mails with a wait in between, which a page view cuts short.
topic: education
stage: awareness
responsible: tests
review: 90 days
entry: [{ event: form.submitted }]
reentry: always
steps:
  - { id: first, kind: email, template: one }
  - { id: rest, kind: wait, for: 2 days, on: [{ event: page.viewed, next: second }] }
  - { id: second, kind: email, template: two }
  - { id: done, kind: exit, outcome: completed }
`;

const HOUR = 3_600_000;
let world: World;
let stall: Stall | null = null;
let count = 0;
beforeAll(async () => {
  const reached: Stall['reached'] = (point, request) => stall?.reached(point, request) ?? Promise.resolve();
  world = await startWorld({ overrides: { reached } });
}, 60_000);
afterAll(() => world.stop());

interface Versions {
  key: string;
  old: string;
  order: MoveOrder;
}

/** Two versions of a journey: the second is the first with something in place of something. */
async function versions(from: string, to: string, steps: MoveOrder['steps'] = {}): Promise<Versions> {
  const key = `journey-${(count += 1)}`;
  const old = await publishedJourney(world.db, OLD(key));
  const versionId = await publishedJourney(world.db, OLD(key).replaceAll(from, to));
  return { key, old, order: { versionId, number: 2, steps, jobId: v7() } };
}

interface Person {
  id: string;
  contactId: string;
  email: string;
  handle: WorkflowHandle;
}

async function inside({ old }: Versions, options: { email?: null; historyEvents?: number } = {}): Promise<Person> {
  const email = `person-${v7()}@example.test`;
  const contactId = await contactWith(world.db, options.email === null ? null : email);
  const id = await enrolled(world.db, { contactId, versionId: old });
  const { historyEvents } = options;
  const handle = await world.start(id, historyEvents === undefined ? {} : { historyEvents });
  return { id, contactId, email, handle };
}

async function resting(of: Versions, options?: { historyEvents?: number }): Promise<Person> {
  const person = await inside(of, options);
  await standsAt(person.handle, 'rest', 'waiting');
  return person;
}

const moved = ({ handle }: Person, { order }: Versions) => handle.executeUpdate(move, { args: [order] });
const row = ({ id }: Person) => world.db.enrollment.findUniqueOrThrow({ where: { id } });
const inVersion = (person: Person, { order }: Versions) =>
  poll('the new version', async () => (await row(person)).versionId === order.versionId);

async function visits({ id }: { id: string }): Promise<string[]> {
  const rows = await world.db.stepVisit.findMany({ where: { enrollmentId: id }, orderBy: { visit: 'asc' } });
  return rows.map(({ visit, stepId, outcome }) => `${visit} ${stepId} ${outcome ?? 'open'}`);
}

async function subjects({ email }: Person): Promise<string[]> {
  const mails = await world.db.outbox.findMany({ where: { to: email }, orderBy: { createdAt: 'asc' } });
  return mails.map(({ subject }) => subject);
}

async function hold(key: string, stepId: string): Promise<() => Promise<unknown>> {
  const { id } = await world.db.hold.create({ data: { id: v7(), scope: 'step', journeyKey: key, stepId } });
  return () => world.db.hold.update({ where: { id }, data: { liftedAt: new Date() } });
}

describe('somebody who waits', () => {
  test('waits on in the new version, the time waited counts', async () => {
    const of = await versions('2 days', '5 days');
    const person = await resting(of);
    await moved(person, of);
    await inVersion(person, of);
    expect(await visits(person)).toEqual(['1 first done', '2 rest moved', '3 rest open']);
    const [before, now] = await world.db.stepVisit.findMany({
      where: { enrollmentId: person.id, visit: { gt: 1 } },
      orderBy: { visit: 'asc' },
    });
    expect(now).toMatchObject({ arrivedAt: before?.arrivedAt, lookTurn: before?.lookTurn });
    expect(now!.deadline!.getTime() - now!.arrivedAt.getTime()).toBe(5 * 24 * HOUR);
    await standsAt(person.handle, 'rest', 'waiting');
    expect(await person.handle.query(position)).toMatchObject({ visit: 3, until: now!.deadline!.getTime() });
    const attributes = (await person.handle.describe()).searchAttributes;
    expect(attributes).toMatchObject({ JourneyVersion: [2] });
    await person.handle.cancel();
  });

  test('follows a winner by the new paths', async () => {
    const of = await versions('{ event: page.viewed, next: second }', '{ event: page.viewed, next: done }');
    const person = await resting(of);
    await moved(person, of);
    await inVersion(person, of);
    await world.win(person.id, 3);
    expect(await person.handle.result()).toEqual({ outcome: 'completed' });
    expect(await subjects(person)).toEqual(['one']);
  });

  test('is moved once, however often it is asked', async () => {
    const of = await versions('2 days', '5 days');
    const person = await resting(of);
    for (let i = 0; i < 3; i += 1) {
      await moved(person, of);
      await standsAt(person.handle, 'rest', 'waiting');
    }
    expect(await visits(person)).toEqual(['1 first done', '2 rest moved', '3 rest open']);
    await person.handle.cancel();
  });

  test('whose step is gone stays, and goes on as before', async () => {
    const of = await versions('rest,', 'pause,');
    const person = await resting(of);
    await moved(person, of);
    await poll('the refusal', () =>
      world.db.decision.count({ where: { enrollmentId: person.id, outcome: 'unmoved' } }),
    );
    await standsAt(person.handle, 'rest', 'waiting');
    expect((await row(person)).versionId).toBe(of.old);
    await world.win(person.id, 2);
    expect(await person.handle.result()).toEqual({ outcome: 'completed' });
    expect(await subjects(person)).toEqual(['one', 'two']);
  });

  test('ends where the plan says so', async () => {
    const of = await versions('rest,', 'pause,', { rest: null });
    const person = await resting(of);
    await moved(person, of);
    expect(await person.handle.result()).toEqual({ outcome: 'ended-by-plan' });
  });

  test('goes on by the new version after continuing as new', async () => {
    const of = await versions('{ event: page.viewed, next: second }', '{ event: page.viewed, next: done }');
    const person = await resting(of, { historyEvents: 1 });
    await moved(person, of);
    await inVersion(person, of);
    await standsAt(person.handle, 'rest', 'waiting');
    const { runId } = await person.handle.describe();
    const { events } = await world.client.workflow.getHandle(person.handle.workflowId, runId).fetchHistory();
    const input = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data;
    expect(Buffer.from(input ?? []).toString()).toContain(of.order.versionId);
    await world.win(person.id, 3);
    expect(await person.handle.result()).toEqual({ outcome: 'completed' });
  });
});

describe('somebody who is held', () => {
  const before = async (of: Versions) => {
    const lift = await hold(of.key, 'second');
    const person = await resting(of);
    await world.win(person.id, 2);
    await standsAt(person.handle, 'second', 'held');
    return { person, lift };
  };

  test('takes the step of the new version, under the same number', async () => {
    const of = await versions('template: two', 'template: three');
    const { person, lift } = await before(of);
    await moved(person, of);
    await inVersion(person, of);
    await lift();
    await person.handle.signal(released);
    expect(await person.handle.result()).toEqual({ outcome: 'completed' });
    expect(await subjects(person)).toEqual(['one', 'three']);
    expect(await visits(person)).toEqual(['1 first done', '2 rest on:0', '3 second done', '4 done done']);
  });

  test('is brought back to where the move led', async () => {
    const of = await versions('second', 'third', { second: 'third' });
    const { person, lift } = await before(of);
    await moved(person, of);
    await inVersion(person, of);
    await person.handle.terminate();
    await lift();
    const again = await world.start(person.id);
    expect(await again.result()).toEqual({ outcome: 'completed' });
    expect(await visits(person)).toEqual(['1 first done', '2 rest on:0', '3 third done', '4 done done']);
    expect(await subjects(person)).toEqual(['one', 'two']);
  });
});

test('a run of the version before is told, and loads the new one', async () => {
  const of = await versions('{ event: page.viewed, next: second }', '{ event: page.viewed, next: done }');
  const person = await resting(of);
  await moved(person, of);
  await inVersion(person, of);
  await person.handle.terminate();
  // As a reset of the workflow to a point before the move.
  const stale = await world.client.workflow.start(CONTACT_JOURNEY, {
    taskQueue: JOURNEYS,
    workflowId: person.handle.workflowId,
    args: [{ enrollmentId: person.id, versionId: of.old, engine: ENGINE, limits: { historyEvents: 1000 } }],
  });
  await standsAt(stale, 'rest', 'waiting');
  expect(await stale.query(position)).toMatchObject({ visit: 3 });
  await world.win(person.id, 3);
  expect(await stale.result()).toEqual({ outcome: 'completed' });
  expect(await subjects(person)).toEqual(['one']);
});

test('a deferred mail goes on in its visit, by the new version', async () => {
  const of = await versions('template: one', 'template: other');
  const person = await inside(of, { email: null });
  await standsAt(person.handle, 'first', 'deferred');
  await moved(person, of);
  await inVersion(person, of);
  await world.db.contact.update({ where: { id: person.contactId }, data: { email: person.email } });
  await world.knock(person.id, 1);
  await standsAt(person.handle, 'rest', 'waiting');
  expect(await subjects(person)).toEqual(['other']);
  expect(await visits(person)).toEqual(['1 first done', '2 rest open']);
  await person.handle.cancel();
});

test('who needs attention goes on by a version that is mended', async () => {
  const of = await versions('template: one', 'template: mended');
  await world.db.templateVersion.updateMany({ where: { key: 'one' }, data: { html: "{{ 'x' | no-such-filter }}" } });
  const person = await inside(of);
  await standsAt(person.handle, 'first', 'needs-attention');
  await moved(person, of);
  await standsAt(person.handle, 'rest', 'waiting');
  expect(await row(person)).toMatchObject({ status: 'active', versionId: of.order.versionId });
  expect(await subjects(person)).toEqual(['mended']);
  await world.db.templateVersion.updateMany({ where: { key: 'one' }, data: { html: '<p>one</p>' } });
  await person.handle.cancel();
});

test('nobody is moved while something is carried out', async () => {
  const of = await versions('2 days', '5 days');
  stall = stallAt('composed');
  const person = await inside(of);
  await stall.there;
  await expect(moved(person, of)).rejects.toMatchObject({
    cause: { message: 'move is not possible while the journey is acting' },
  });
  stall.release();
  await standsAt(person.handle, 'rest', 'waiting');
  await moved(person, of);
  await inVersion(person, of);
  expect(await subjects(person)).toEqual(['one']);
  await person.handle.cancel();
});

test('two versions run side by side', async () => {
  const of = await versions('template: two', 'template: three');
  const [old, young] = [await resting(of), await resting({ ...of, old: of.order.versionId })];
  for (const person of [old, young]) {
    await world.win(person.id, 2);
    await person.handle.result();
  }
  expect(await subjects(old)).toEqual(['one', 'two']);
  expect(await subjects(young)).toEqual(['one', 'three']);
});

describe('under the lock', () => {
  const deps = () => ({ db: world.db, settings: async () => (await readSettings(world.db)).settings });

  /** Waits, without a workflow. */
  async function waiter(of: Versions) {
    const contactId = await contactWith(world.db, `waiter-${v7()}@example.test`);
    const id = await enrolled(world.db, { contactId, versionId: of.old });
    const request: EffectRequest = {
      ...{ enrollmentId: id, visit: 1, stepId: 'rest', closes: null, now: Date.now(), versionId: of.old },
    };
    const arrived = () => underLock(deps(), request, (tx, context) => arrive(tx, context, request));
    expect(await arrived()).toMatchObject({ kind: 'waiting' });
    const asked = { ...request, order: of.order };
    return {
      id,
      contactId,
      request,
      arrived,
      act: () => underLock(deps(), asked, (tx, c) => moveEffect(tx, c, asked)),
    };
  }

  /** The other side has the contact; this one waits for it; the other changes something and commits. */
  async function whileItWaits<T>(contactId: string, act: () => Promise<T>, change: (tx: Tx) => Promise<unknown>) {
    let acting: Promise<T> | null = null;
    await inTransaction(world.db, async (tx) => {
      await tx.$queryRaw`select id from contact where id = ${contactId}::uuid for no key update`;
      acting = act();
      acting.catch(() => undefined);
      await poll('the wait for the lock', async () => {
        const [found] = await world.db.$queryRaw<{ waits: boolean }[]>`
          select exists (select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()) as waits`;
        return found?.waits;
      });
      await change(tx);
    });
    return acting as unknown as Promise<T>;
  }

  test('a winner that came first is followed first', async () => {
    const who = await waiter(await versions('2 days', '5 days'));
    const where = { enrollmentId: who.id, outcome: null };
    const told = await whileItWaits(who.contactId, who.act, (tx) =>
      tx.stepVisit.updateMany({ where, data: { outcome: 'on:0' } }),
    );
    expect(told).toEqual({ kind: 'closed', outcome: 'on:0' });
    expect(await visits(who)).toEqual(['1 rest on:0']);
  });

  test('who is to leave leaves', async () => {
    const who = await waiter(await versions('2 days', '5 days'));
    const told = await whileItWaits(who.contactId, who.act, (tx) =>
      tx.enrollment.update({ where: { id: who.id }, data: { leaving: 'gone' } }),
    );
    expect(told).toEqual({ kind: 'leave' });
  });

  test('two moves at once make one', async () => {
    const of = await versions('2 days', '5 days');
    const who = await waiter(of);
    const both = await Promise.all([who.act(), who.act()]);
    for (const told of both) {
      expect(told).toEqual({
        kind: 'moved',
        versionId: of.order.versionId,
        position: { visit: 2, stepId: 'rest', closes: { visit: 1, outcome: 'moved' } },
      });
    }
    expect(await visits(who)).toEqual(['1 rest moved', '2 rest open']);
  });

  test('a late copy of the version before is told where it stands', async () => {
    const of = await versions('2 days', '5 days');
    const who = await waiter(of);
    await who.act();
    expect(await who.arrived()).toEqual({
      kind: 'behind',
      versionId: of.order.versionId,
      position: { visit: 2, stepId: 'rest', closes: { visit: 1, outcome: 'moved' } },
    });
  });

  test('without a run the database is enough', async () => {
    const of = await versions('second', 'third', { second: 'third' });
    const moveNow = (enrollmentId: string) =>
      moveStored(deps(), { enrollmentId, order: of.order, now: Date.now(), nextOf });
    const contactId = await contactWith(world.db, null);
    const fresh = await enrolled(world.db, { contactId, versionId: of.old });
    expect(await moveNow(fresh)).toMatchObject({ kind: 'moved', position: { visit: 0 } });
    const who = await waiter(of);
    await world.db.stepVisit.updateMany({ where: { enrollmentId: who.id }, data: { outcome: 'on:0' } });
    expect(await moveNow(who.id)).toMatchObject({ kind: 'moved', position: { visit: 2, stepId: 'third' } });
    expect(await world.db.enrollment.findUniqueOrThrow({ where: { id: who.id } })).toMatchObject({
      ...{ versionId: of.order.versionId, stepId: 'third', ahead: { visit: 2, stepId: 'third' }, visit: 1 },
    });
  });
});

import { v7 } from 'uuid';
import { ServiceError } from '@temporalio/client';
import { Dispatcher, type DispatcherDeps } from '../../activities/pump/dispatcher';
import { startPump } from '../../activities/pump/start-pump';
import { sweep, sweepBroken, sweepHeld, sweepLeaving, sweepStalled } from '../../activities/pump/sweeps';
import { wakeStalled } from '../../prisma/stores/pump/sweeps';
import { inTransaction } from '../../prisma/client';
import { acceptEvents } from '../../prisma/stores/events';
import {
  claimDispatch,
  insertDispatch,
  readParked,
  unparkDispatch,
  type DispatchInsert,
} from '../../prisma/stores/dispatch';
import { freshDatabase, type TestDatabase } from '../support/database';
import { contactWith, enrolled, publishedJourney } from '../support/journeys';
import { poll } from '../support/poll';
import { FakeTemporal, happening, silent } from '../support/pump';

const journey = `
journey: note
name: Note
explain: Whoever asks gets a note, and another one a week later.
topic: education
responsible: marketing
review: 90 days
entry:
  - event: form.submitted
reentry: always
exits: [{ event: demo.requested, next: mail }]
steps:
  - { id: mail, kind: email, template: note-mail }
  - { id: week, kind: wait, for: 7 days }
  - { id: last, kind: email, template: note-last }
  - { id: done, kind: exit, outcome: completed }
`;

let database: TestDatabase;
let temporal: FakeTemporal;
let versionId: string;
beforeEach(async () => {
  database = await freshDatabase();
  versionId = await publishedJourney(database.db, journey);
  temporal = new FakeTemporal();
});
afterEach(() => database.drop());

/** Open, in visit 1 of the first mail for an hour. */
async function someone(more: object = {}) {
  const { db } = database;
  const id = await enrolled(db, { contactId: await contactWith(db, null), versionId });
  const anHourAgo = new Date(Date.now() - 3_600_000);
  await db.stepVisit.create({
    data: { enrollmentId: id, visit: 1, stepId: 'mail', kind: 'email', arrivedAt: anHourAgo },
  });
  await db.enrollment.update({ where: { id }, data: { visit: 1, stepId: 'mail', createdAt: anHourAgo, ...more } });
  return { id, workflowId: `note/${id}` };
}

const owe = (of: { id: string; workflowId: string }, ...rows: Partial<DispatchInsert>[]) =>
  inTransaction(database.db, (tx) =>
    insertDispatch(
      tx,
      rows.map((row) => ({
        ...{ enrollmentId: of.id, workflowId: of.workflowId, kind: 'wake', visit: null, outcome: null },
        ...row,
      })),
    ),
  );

const dispatcher = (more: Partial<DispatcherDeps> = {}) =>
  new Dispatcher({ db: database.db, log: silent, temporal, ...more });
const overdue = () => database.db.$executeRaw`update dispatch set not_before = now(), taken_until = null`;
const statusOf = async (id: string) => (await database.db.enrollment.findUniqueOrThrow({ where: { id } })).status;

describe('dispatcher', () => {
  test('the start goes first, then wake-ups in order', async () => {
    const one = await someone({ started: false });
    await owe(one, { kind: 'start' }, { visit: 1, outcome: 'on:0' }, { outcome: 'leave' }, { kind: 'released' });
    const it = dispatcher();
    await it.wakes();
    expect(temporal.calls).toEqual([]);
    await it.starts();
    for (let i = 0; i < 3; i += 1) await it.wakes();
    const id = one.workflowId;
    expect(temporal.calls).toEqual([`start ${id}`, `wake ${id} 1 on:0`, `wake ${id} null leave`, `released ${id}`]);
    expect(await database.db.dispatch.count()).toBe(0);
    expect(await database.db.enrollment.findFirstOrThrow()).toMatchObject({ started: true });
  });

  test('five dispatchers deliver each row once', async () => {
    const people = await Promise.all(Array.from({ length: 20 }, () => someone()));
    for (const one of people) temporal.open.add(one.workflowId);
    for (const one of people) await owe(one, { visit: 1 });
    await Promise.all(Array.from({ length: 5 }, () => dispatcher().wakes()));
    expect(temporal.calls).toHaveLength(20);
  });

  test('what a dead dispatcher took is delivered again', async () => {
    const one = await someone();
    temporal.open.add(one.workflowId);
    await owe(one, { visit: 1 });
    await database.db.$executeRaw`update dispatch set taken_until = now() + interval '1 minute'`;
    await dispatcher().wakes();
    expect(temporal.calls).toEqual([]);
    await overdue();
    await dispatcher().wakes();
    expect(temporal.calls).toHaveLength(1);
  });

  test('an outage neither loses nor parks a row', async () => {
    const one = await someone();
    temporal.open.add(one.workflowId);
    await owe(one, { visit: 1 });
    const it = dispatcher({ triesBeforeParking: 2 });
    for (let i = 0; i < 4; i += 1) {
      temporal.faults.push(new ServiceError('away'));
      await it.wakes();
      await overdue();
    }
    expect(await database.db.dispatch.findFirstOrThrow()).toMatchObject({ parked: false, attempts: 0 });
    await it.wakes();
    expect(await database.db.dispatch.count()).toBe(0);
  });

  test('a row that keeps failing is parked', async () => {
    const one = await someone();
    temporal.open.add(one.workflowId);
    await owe(one, { visit: 1 });
    const it = dispatcher({ triesBeforeParking: 2 });
    for (let i = 0; i < 2; i += 1) {
      temporal.faults.push(new TypeError('cannot be told'));
      await it.wakes();
      await overdue();
    }
    const [parked] = await readParked(database.db);
    expect(parked).toMatchObject({ enrollmentId: one.id, error: 'TypeError: cannot be told' });
    await it.wakes();
    expect(temporal.calls).toHaveLength(2);
    expect(await unparkDispatch(database.db)).toBe(1);
    await it.wakes();
    expect(await database.db.dispatch.count()).toBe(0);
  });

  test('not found waits until the start was delivered', async () => {
    const one = await someone({ started: false });
    await owe(one, { visit: 1 });
    await dispatcher().wakes();
    expect(await database.db.dispatch.findFirstOrThrow()).toMatchObject({ attempts: 0, parked: false });
  });

  test('a started workflow that is gone needs attention', async () => {
    const one = await someone();
    await owe(one, { visit: 1 });
    await dispatcher().wakes();
    expect(await database.db.dispatch.count()).toBe(0);
    const row = await database.db.enrollment.findFirstOrThrow();
    expect(row).toMatchObject({ status: 'needs_attention', attention: { code: 'workflow-gone', visit: 1 } });
  });

  test('one with a start owed is not gone', async () => {
    const one = await someone();
    await owe(one, { visit: 1 }, { kind: 'start', outcome: 'restart' });
    await dispatcher().wakes();
    expect(await statusOf(one.id)).toBe('active');
    expect(await database.db.dispatch.findMany()).toMatchObject([{ kind: 'start' }]);
  });

  test.each([
    ['start', 'dispatch_starts'],
    ['wake', 'dispatch_wakes'],
  ] as const)('claiming a %s reads its own index', async (lane, index) => {
    const { db } = database;
    await db.$executeRaw`
      insert into dispatch (enrollment_id, workflow_id, kind)
      select gen_random_uuid(), i::text, case when i % 50 = 0 then 'wake' else 'start' end
      from generate_series(1, 5000) i`;
    await db.$executeRaw`analyze dispatch`;
    await db.$transaction(async (tx) => {
      await claimDispatch(tx, { lane, limit: 1, leaseSeconds: 30 });
      await tx.$executeRaw`select pg_stat_force_next_flush()`;
    });
    const read = async () => {
      const [row] = await db.$queryRaw<{ scans: number }[]>`
        select idx_scan::int as scans from pg_stat_user_indexes where indexrelname = ${index}`;
      return (row?.scans ?? 0) > 0;
    };
    await poll('the scan of the index', read);
  });

  test('what has finished is told, never started', async () => {
    const { db } = database;
    const [told, never] = [await someone({ status: 'finished' }), await someone({ status: 'finished' })];
    await owe(told, { visit: 1 });
    await owe(never, { kind: 'start' });
    await dispatcher().wakes();
    await dispatcher().starts();
    expect(temporal.calls).toEqual([`wake ${told.workflowId} 1 -`]);
    expect(await db.dispatch.count()).toBe(0);
    expect(await statusOf(told.id)).toBe('finished');
  });

  test('starts in flight are bounded until they answer', async () => {
    const { db } = database;
    for (let i = 0; i < 5; i += 1) {
      const one = await someone({ started: false, visit: 0 });
      await owe(one, { kind: 'start' });
    }
    const it = dispatcher({ startsInFlight: 2 });
    await it.starts();
    expect(await it.starts()).toBe('soon');
    expect(temporal.calls).toHaveLength(2);
    await db.enrollment.updateMany({ where: { started: true }, data: { visit: 1 } });
    await it.starts();
    expect(temporal.calls).toHaveLength(4);
  });
});

/** To leave, and without a workflow. */
async function someoneGone() {
  const { db } = database;
  const id = await enrolled(db, { contactId: await contactWith(db, null), versionId });
  const gone = { status: 'needs_attention', attention: { code: 'workflow-gone' }, leaving: 'replied' };
  await db.enrollment.update({ where: { id }, data: gone });
  return id;
}

describe('sweeps', () => {
  const deps = () => ({ db: database.db, log: silent, temporal });

  test('who is held by nothing is released', async () => {
    const { db } = database;
    const [free, byJourney] = [await someone({ status: 'held' }), await someone({ status: 'held' })];
    await db.hold.create({ data: { id: v7(), scope: 'enrollment', enrollmentId: byJourney.id } });
    expect(await sweepHeld(deps())).toBe(1);
    expect(await db.dispatch.findMany()).toMatchObject([{ kind: 'released', enrollmentId: free.id }]);
    expect([await statusOf(free.id), await statusOf(byJourney.id)]).toEqual(['active', 'held']);
  });

  test('a paused step holds those before it alone', async () => {
    const { db } = database;
    await db.hold.create({ data: { id: v7(), scope: 'step', journeyKey: 'note', stepId: 'last' } });
    const before = await someone({ status: 'held', stepId: 'week' });
    const elsewhere = await someone({ status: 'held', stepId: 'mail' });
    await sweepHeld(deps());
    expect([await statusOf(before.id), await statusOf(elsewhere.id)]).toEqual(['held', 'active']);
  });

  test('a paused step holds who is sent on to it', async () => {
    const { db } = database;
    await db.hold.create({ data: { id: v7(), scope: 'step', journeyKey: 'note', stepId: 'mail' } });
    const diverted = { exit: 0, seq: '1', turn: '1', at: Date.now(), taken: null };
    const sentOn = await someone({ status: 'held', stepId: 'last', diverted });
    const arrived = await someone({ status: 'held', stepId: 'last', diverted: { ...diverted, taken: 1 } });
    await sweepHeld(deps());
    expect([await statusOf(sentOn.id), await statusOf(arrived.id)]).toEqual(['held', 'active']);
  });

  test('a release that is spread is left to its timers', async () => {
    const { db } = database;
    const { id } = await someone({ status: 'held' });
    const hold = { id: v7(), scope: 'enrollment', enrollmentId: id, liftedAt: new Date(), spreadSeconds: 60 };
    await db.hold.create({ data: hold });
    expect(await sweepHeld(deps())).toBe(0);
  });

  test('who stands still is woken', async () => {
    const { db } = database;
    const still = await someone();
    const leaving = await someone({ status: 'needs_attention', leaving: 'replied' });
    await someone({ status: 'needs_attention' });
    await someone({ status: 'finished' });
    await someone({ started: false });
    const deferred = await someone();
    const send = { id: v7(), key: v7(), visit: 1, stepId: 'mail', journeyKey: 'note', templateKey: 'note-mail' };
    await db.send.create({
      data: {
        ...{ ...send, enrollmentId: deferred.id, contactId: v7(), state: 'deferred', unsubscribeToken: v7() },
        deferredUntil: new Date(Date.now() + 60_000),
      },
    });
    const paused = await someone();
    await db.hold.create({ data: { id: v7(), scope: 'enrollment', enrollmentId: paused.id } });
    expect(await sweepStalled(deps())).toBe(2);
    const woken = await db.dispatch.findMany({ orderBy: { id: 'asc' } });
    expect(woken.map((row) => [row.enrollmentId, row.visit, row.outcome])).toEqual([
      [still.id, null, null],
      [leaving.id, null, 'leave'],
    ]);
    expect(await sweepStalled(deps())).toBe(0);
  });

  test('who is to go on elsewhere is woken', async () => {
    const { db } = database;
    const hour = 3_600_000;
    const diverted = { exit: 0, seq: '1', turn: '1', at: Date.now() - hour, taken: null };
    const since = (ms: number) => ({ code: 'test', since: new Date(Date.now() - ms).toISOString() });
    const waiting = await someone({ diverted });
    await db.stepVisit.updateMany({
      where: { enrollmentId: waiting.id },
      data: { kind: 'wait', outcome: null, deadline: new Date(Date.now() + hour) },
    });
    const before = await someone({ status: 'needs_attention', attention: since(2 * hour), diverted });
    await someone({ status: 'needs_attention', attention: since(hour / 2), diverted });
    await someone({ status: 'held', diverted });
    await someone({ status: 'needs_attention', attention: since(2 * hour), diverted: { ...diverted, taken: 1 } });
    expect(await sweepStalled(deps())).toBe(2);
    const woken = await db.dispatch.findMany({ where: { visit: null, outcome: null }, orderBy: { id: 'asc' } });
    expect(woken.map(({ enrollmentId }) => enrollmentId)).toEqual([waiting.id, before.id]);
  });

  test('a paused step keeps nobody from being woken', async () => {
    const { db } = database;
    const one = await someone();
    await db.hold.create({ data: { id: v7(), scope: 'step', journeyKey: 'note', stepId: 'last' } });
    expect(await sweepStalled(deps())).toBe(1);
    await db.dispatch.deleteMany();
    await db.hold.create({ data: { id: v7(), scope: 'journey', journeyKey: 'note' } });
    expect(await sweepStalled(deps())).toBe(0);
    expect(await statusOf(one.id)).toBe('active');
  });

  test('who is to leave and is gone starts again', async () => {
    const { db } = database;
    const gone = { status: 'needs_attention', attention: { code: 'workflow-gone' } };
    const leaving = await someoneGone();
    const stays = await someone(gone);
    expect(await sweepStalled(deps())).toBe(0);
    expect(await sweepLeaving(deps())).toBe(1);
    expect(await db.dispatch.findMany()).toMatchObject([
      { enrollmentId: leaving, workflowId: `note/${leaving}`, kind: 'start', outcome: 'restart' },
    ]);
    expect([await statusOf(leaving), await statusOf(stays.id)]).toEqual(['active', 'needs_attention']);
    expect(await sweepLeaving(deps())).toBe(0);
  });

  test('the stalled are looked for page by page', async () => {
    const { db } = database;
    const people = [await someone(), await someone(), await someone()];
    const options = { stalledSeconds: 300, graceSeconds: 900, page: 2 };
    const first = await wakeStalled(db, { ...options, after: null });
    expect(first).toEqual({ woken: 2, next: people[1]?.id });
    expect(await wakeStalled(db, { ...options, after: first.next })).toEqual({ woken: 1, next: null });
    expect(await wakeStalled(db, { ...options, after: null })).toEqual({ woken: 0, next: people[1]?.id });
  });

  test('a sweep that fails stops no other', async () => {
    const gone = await someone();
    const away = new FakeTemporal();
    away.brokenSince = () => Promise.reject(new Error('away'));
    await database.db.$executeRaw`alter table step_visit rename to step_visit_away`;
    const lost = await someoneGone();
    expect(await sweep({ ...deps(), temporal: away })).toEqual({ released: 0, woken: 0, restarted: 1, gone: 0 });
    expect([await statusOf(gone.id), await statusOf(lost)]).toEqual(['active', 'active']);
  });

  test('a wait is woken only after its deadline', async () => {
    const { db } = database;
    const deadlines = [
      new Date(Date.now() + 60_000),
      new Date(Date.now() - 400_000),
      new Date(Date.now() - 60_000),
      null,
    ];
    const waits = await Promise.all(deadlines.map(() => someone()));
    for (const [i, { id }] of waits.entries()) {
      await db.stepVisit.updateMany({
        where: { enrollmentId: id },
        data: { kind: 'wait', deadline: deadlines[i] ?? null },
      });
    }
    expect(await sweepStalled(deps())).toBe(1);
    expect(await db.dispatch.findMany()).toMatchObject([{ enrollmentId: waits[1]?.id }]);
  });

  test('a terminated workflow is shown, a reset one is not', async () => {
    const [gone, reset, finished] = [await someone(), await someone(), await someone({ status: 'finished' })];
    temporal.broken.push(gone.workflowId, reset.workflowId, finished.workflowId, 'by-hand/x');
    temporal.open.add(reset.workflowId);
    expect(await sweepBroken(deps())).toBe(1);
    const statuses = await Promise.all([gone, reset, finished].map(({ id }) => statusOf(id)));
    expect(statuses).toEqual(['needs_attention', 'active', 'finished']);
    expect(await sweepBroken(deps())).toBe(0);
  });
});

test('the loops carry an event to Temporal and stop', async () => {
  const { db, url } = database;
  const loops = startPump({ db, databaseUrl: url, log: silent, temporal });
  try {
    await acceptEvents(db, [happening('form.submitted')]);
    await db.$executeRaw`select pg_notify('nurture_event', '')`;
    await poll('the start', () => temporal.calls.some((call) => call.startsWith('start note/')));
    await poll('an empty queue', async () => (await db.dispatch.count()) === 0);
  } finally {
    await loops.stop();
  }
});

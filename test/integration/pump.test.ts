import { v7 } from 'uuid';
import pg from 'pg';
import { Pump, pumpOnce } from '../../activities/pump/pump';
import { poolConfig, type Db, type Tx } from '../../prisma/client';
import { acceptEvents } from '../../prisma/stores/events';
import { freshDatabase, type TestDatabase } from '../support/database';
import { publishedJourney } from '../support/journeys';
import { poll } from '../support/poll';
import { happening, pumped, silent } from '../support/pump';

const guide = `
journey: guide
name: Guide
explain: Whoever asks for the guide gets it, and more if they click.
topic: education
responsible: marketing
review: 90 days
entry:
  - event: form.submitted
    where: { form: guide }
reentry: never
exits:
  - event: support.ticket_opened
    outcome: in-support
steps:
  - { id: mail, kind: email, template: guide-mail }
  - id: five-days
    kind: wait
    for: 5 days
    on:
      - { event: email.clicked, of: mail, next: clicked }
      - { event: page.viewed, where: { path: /pricing }, next: clicked }
  - { id: quiet, kind: exit, outcome: quiet }
  - { id: clicked, kind: exit, outcome: clicked }
`;

let database: TestDatabase;
beforeEach(async () => {
  database = await freshDatabase();
  await publishedJourney(database.db, guide);
});
afterEach(() => database.drop());

const asks = (more = {}) => happening('form.submitted', { properties: { form: 'guide' }, ...more });

async function anEnrollment() {
  const { db } = database;
  await pumped(db, [asks()]);
  return db.enrollment.findFirstOrThrow({ orderBy: { createdAt: 'desc' } });
}

/** As the effect of arriving would: an open wait with its subscriptions. */
async function waiting(enrollment: { id: string; contactId: string }, deadline: Date) {
  const { db } = database;
  const visit = { enrollmentId: enrollment.id, visit: 2 };
  await db.enrollment.update({ where: { id: enrollment.id }, data: { visit: 2, stepId: 'five-days', started: true } });
  await db.stepVisit.create({ data: { ...visit, stepId: 'five-days', kind: 'wait', arrivedAt: new Date(), deadline } });
  const of = { contactId: enrollment.contactId, deadline };
  await db.waitSubscription.create({ data: { ...visit, ...of, slot: 0, types: ['email.clicked'], ofSteps: ['mail'] } });
  await db.waitSubscription.create({
    data: { ...visit, ...of, slot: 1, types: ['page.viewed'], ofSteps: [], where: { path: '/pricing' } },
  });
  await db.dispatch.deleteMany();
}

/** A database whose transactions let somebody else in just before they lock contacts. */
function beforeLocking(db: Db, meddle: () => Promise<void>): Db {
  const wrap = (tx: Tx) =>
    new Proxy(tx, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (name !== '$queryRaw') return value;
        return async (sql: TemplateStringsArray, ...values: unknown[]) => {
          if (sql.join('').includes('skip locked')) await meddle();
          return target.$queryRaw(sql, ...values);
        };
      },
    });
  return new Proxy(db, {
    get(target, name) {
      if (name !== '$transaction') return Reflect.get(target, name) as unknown;
      return (run: (tx: Tx) => Promise<unknown>, options: object) =>
        target.$transaction((tx) => run(wrap(tx)), options);
    },
  });
}

const pricing = (more = {}) => happening('page.viewed', { properties: { path: '/pricing' }, ...more });
const visitOf = (enrollmentId: string) =>
  database.db.stepVisit.findUniqueOrThrow({ where: { enrollmentId_visit: { enrollmentId, visit: 2 } } });
const inAnHour = () => new Date(Date.now() + 3_600_000);

describe('entries', () => {
  test('an event enters, starts and is decided once', async () => {
    const { db } = database;
    const enrollment = await anEnrollment();
    const entered = await db.event.findFirstOrThrow({ where: { type: 'form.submitted' } });
    expect(enrollment).toMatchObject({ journeyKey: 'guide', n: 1, mark: entered.turn, entryTurn: entered.turn });
    expect(enrollment.entry).toEqual({ form: 'guide' });
    expect(await db.dispatch.findMany()).toMatchObject([{ kind: 'start', workflowId: `guide/${enrollment.id}` }]);
    expect(await db.decision.findMany()).toMatchObject([{ kind: 'entry', outcome: 'entered' }]);
    const inside = await db.event.findMany({ where: { origin: 'inside' }, orderBy: { type: 'asc' } });
    expect(inside.map(({ type, processed, hops }) => [type, processed, hops])).toEqual([
      ['contact.created', true, 1],
      ['journey.entered', true, 1],
    ]);
  });

  test('fifty duplicates at once enter once', async () => {
    const { db } = database;
    const event = asks();
    await Promise.all(Array.from({ length: 50 }, () => pumped(db, [event])));
    await pumped(db);
    expect(await db.enrollment.count()).toBe(1);
    expect(await db.contact.count()).toBe(1);
    expect(await db.event.count({ where: { processed: false } })).toBe(0);
  });

  test('a second event is refused with a reason', async () => {
    await anEnrollment();
    await pumped(database.db, [asks()]);
    const refused = await database.db.decision.findFirstOrThrow({ where: { outcome: 'refused' } });
    expect(refused).toMatchObject({ kind: 'entry', journeyKey: 'guide', reason: 'already in this journey' });
    expect(await database.db.enrollment.count()).toBe(1);
  });

  test('turns follow the order of a contact', async () => {
    const { db } = database;
    const events = Array.from({ length: 40 }, (_, i) =>
      happening('page.viewed', { properties: { i }, keys: [`user:${i % 3}`] }),
    );
    await pumped(db, events);
    const rows = await db.event.findMany({ where: { type: 'page.viewed' }, orderBy: { turn: 'asc' } });
    for (const user of [0, 1, 2]) {
      const own = rows.filter(({ keys }) => keys[0] === `user:${user}`);
      expect(own.map(({ seq }) => seq)).toEqual(own.map(({ seq }) => seq).sort((a, b) => Number(a - b)));
      const contact = await db.contact.findUniqueOrThrow({ where: { id: own[0]?.contactId ?? '' } });
      expect(contact.lastTurn >= (own.at(-1)?.turn ?? 0n)).toBe(true);
    }
  });
});

describe('ends of visits', () => {
  test('an awaited event wins before the deadline', async () => {
    const { db } = database;
    const enrollment = await anEnrollment();
    await waiting(enrollment, inAnHour());
    await pumped(db, [happening('page.viewed', { properties: { path: '/' } }), pricing(), pricing()]);
    const winner = await db.event.findFirstOrThrow({
      where: { type: 'page.viewed' },
      skip: 1,
      orderBy: { seq: 'asc' },
    });
    expect(await visitOf(enrollment.id)).toMatchObject({ outcome: 'on:1', winnerSeq: winner.seq, mark: winner.turn });
    expect(await db.waitSubscription.count()).toBe(0);
    expect(await db.dispatch.findMany()).toMatchObject([{ kind: 'wake', visit: 2, outcome: 'on:1' }]);
    expect(await db.decision.findFirst({ where: { kind: 'wait' } })).toMatchObject({ outcome: 'on:1', visit: 2 });
  });

  test('an event accepted after the deadline never wins', async () => {
    const { db } = database;
    const enrollment = await anEnrollment();
    await waiting(enrollment, new Date(Date.now() - 1));
    await pumped(db, [pricing()]);
    expect(await visitOf(enrollment.id)).toMatchObject({ outcome: null, winnerSeq: null });
    expect(await db.dispatch.count()).toBe(0);
    expect(await db.waitSubscription.count()).toBe(2);
  });

  test('one processed late wins with an earlier mark', async () => {
    const { db } = database;
    const enrollment = await anEnrollment();
    const deadline = new Date();
    await waiting(enrollment, deadline);
    await pumped(db, [pricing()]);
    const tooLate = await db.event.findFirstOrThrow({ where: { type: 'page.viewed' } });
    const event = pricing();
    await db.event.create({ data: { ...event, bucket: 0, receivedAt: new Date(deadline.getTime() - 1) } });
    await pumped(db);
    const winner = await db.event.findFirstOrThrow({ where: { messageId: event.messageId } });
    const visit = await visitOf(enrollment.id);
    expect(visit).toMatchObject({ outcome: 'on:1', winnerSeq: winner.seq, mark: (tooLate.turn ?? 0n) - 1n });
  });

  test('a click counts for its own enrollment alone', async () => {
    const { db } = database;
    const enrollment = await anEnrollment();
    await waiting(enrollment, inAnHour());
    const send = (enrollmentId: string) => ({
      ...{
        id: v7(),
        key: v7(),
        enrollmentId,
        visit: 1,
        stepId: 'mail',
        journeyKey: 'guide',
        templateKey: 'guide-mail',
      },
      ...{ contactId: enrollment.contactId, state: 'accepted', unsubscribeToken: v7() },
    });
    const other = await db.send.create({ data: send(v7()) });
    const own = await db.send.create({ data: send(enrollment.id) });
    const click = (sendId: string) => happening('email.clicked', { keys: [`contact:${enrollment.contactId}`], sendId });
    await pumped(db, [click(other.id), { ...click(own.id), properties: { machine: true } }]);
    expect(await visitOf(enrollment.id)).toMatchObject({ outcome: null });
    await pumped(db, [click(own.id)]);
    expect(await visitOf(enrollment.id)).toMatchObject({ outcome: 'on:0' });
  });

  test('a subscription that only knocks stays', async () => {
    const { db } = database;
    const enrollment = await anEnrollment();
    await waiting(enrollment, inAnHour());
    const { contactId } = enrollment;
    await db.waitSubscription.create({
      data: { enrollmentId: enrollment.id, visit: 2, slot: -1, contactId, types: ['contact.updated'], ofSteps: [] },
    });
    await pumped(db, [happening('identify', { traits: { firstName: 'Ann' } })]);
    expect(await db.dispatch.findMany()).toMatchObject([{ kind: 'wake', visit: 2, outcome: null }]);
    expect(await db.waitSubscription.count()).toBe(3);
  });
});

describe('exits', () => {
  test.each([
    ['meeting.booked', {}, 'meeting-booked'],
    ['email.replied', {}, 'replied'],
    ['email.unsubscribed', { properties: { topic: 'education' } }, 'unsubscribed'],
    ['identify', { traits: { lifecycleStage: 'customer' } }, 'customer'],
    ['handoff.accepted', {}, 'handoff-accepted'],
    ['support.ticket_opened', {}, 'in-support'],
  ])('%s ends the journey', async (type, more, leaving) => {
    const { db } = database;
    const { id } = await anEnrollment();
    await db.dispatch.deleteMany();
    await pumped(db, [happening(type, more), happening('meeting.booked')]);
    expect(await db.enrollment.findUniqueOrThrow({ where: { id } })).toMatchObject({ leaving, status: 'active' });
    expect(await db.dispatch.findMany()).toMatchObject([{ kind: 'wake', visit: null, outcome: 'leave' }]);
    expect(await db.decision.findMany({ where: { kind: 'exit' } })).toMatchObject([{ outcome: leaving }]);
  });

  test('an opt-out from another topic ends nothing', async () => {
    const { id } = await anEnrollment();
    await pumped(database.db, [happening('email.unsubscribed', { properties: { topic: 'product' } })]);
    expect(await database.db.enrollment.findUniqueOrThrow({ where: { id } })).toMatchObject({ leaving: null });
  });

  test('an event ends nothing that began after it', async () => {
    await pumped(database.db, [happening('meeting.booked'), asks()]);
    expect(await database.db.enrollment.findFirstOrThrow()).toMatchObject({ leaving: null });
  });
});

describe('trouble', () => {
  test('a poisonous event is set aside alone', async () => {
    const { db } = database;
    const events = Array.from({ length: 9 }, (_, i) => happening('page.viewed', { keys: [`user:${i}`] }));
    const poison = happening('identify', { keys: ['user:4'], traits: { firstName: 'x\u0000' } });
    await pumped(db, [...events.slice(0, 5), ...events.slice(5)]);
    // NUL cannot be stored by way of the API; here it comes as an escape that only the profile's column refuses.
    await db.$executeRaw`alter table contact add constraint no_poison check (first_name <> 'poison')`;
    await pumped(db, [
      ...events.map((e) => ({ ...e, messageId: v7() })),
      { ...poison, traits: { firstName: 'poison' } },
      asks({ keys: ['user:4'] }),
    ]);
    const failed = await db.event.findMany({ where: { NOT: { error: null } } });
    expect(failed.map(({ messageId, processed }) => [messageId, processed])).toEqual([[poison.messageId, false]]);
    expect(await db.event.count({ where: { processed: false, error: null } })).toBe(0);
    expect(await db.enrollment.count()).toBe(1);
  });

  test('an event of nobody is set aside', async () => {
    const nobody = [`contact:${v7()}`, 'contact:not-an-id', 'contact:'];
    await pumped(
      database.db,
      nobody.map((key) => happening('x', { keys: [key] })),
    );
    const errors = (await database.db.event.findMany()).map(({ error }) => error);
    expect(errors).toEqual(nobody.map(() => 'names a contact that does not exist'));
  });

  test('events of a locked contact wait, others go on', async () => {
    const { db } = database;
    await pumped(db, [happening('x', { keys: ['user:1'] })]);
    const { id } = await db.contact.findFirstOrThrow();
    await db.$transaction(async (tx) => {
      await tx.$executeRaw`select from contact where id = ${id}::uuid for no key update`;
      await pumped(db, [happening('a', { keys: ['user:1'] }), happening('b', { keys: ['user:2'] })]);
      const left = await db.event.findMany({ where: { processed: false } });
      expect(left.map(({ type }) => type)).toEqual(['a']);
    });
    expect(await pumped(db)).toBe(1);
  });

  test('another takes over from a frozen pump', async () => {
    const { db } = database;
    const frozen = new pg.Client(poolConfig(database.url));
    frozen.on('error', () => undefined);
    await frozen.connect();
    await frozen.query("set idle_in_transaction_session_timeout = '500ms'");
    await frozen.query('begin');
    await frozen.query('select pg_try_advisory_xact_lock($1::int, 0)', [0x50554d50]);
    await pumped(db, [asks()]);
    expect(await db.enrollment.count()).toBe(0);
    await poll('the takeover', async () => (await pumpOnce({ db, log: silent })).processed > 0);
    expect(await db.enrollment.count()).toBe(1);
    await frozen.end().catch(() => undefined);
  });

  test('a key that moves before the lock starts it over', async () => {
    const { db } = database;
    await pumped(db, [happening('x', { keys: ['user:1'] }), happening('x', { keys: ['user:2'] })]);
    const { contactId } = await db.contactIdentity.findFirstOrThrow({ where: { value: '2' } });
    await acceptEvents(db, [happening('y', { keys: ['user:1'] })]);
    let moves = 0;
    const meddling = beforeLocking(db, async () => {
      moves += 1;
      await db.contactIdentity.updateMany({ where: { value: '1' }, data: { contactId } });
    });
    await pumpOnce({ db: meddling, log: silent });
    expect(await db.event.findFirstOrThrow({ where: { type: 'y' } })).toMatchObject({ contactId, processed: true });
    expect(moves).toBe(2);
  });

  test('locked contacts at the head do not stop the queue', async () => {
    const { db } = database;
    await pumped(db, [happening('x', { keys: ['user:1'] })]);
    const { id } = await db.contact.findFirstOrThrow();
    const pump = new Pump({ db, log: silent });
    await acceptEvents(db, [
      ...Array.from({ length: 501 }, () => happening('a', { keys: ['user:1'] })),
      happening('b', { keys: ['user:2'] }),
    ]);
    await db.$transaction(async (tx) => {
      await tx.$executeRaw`select from contact where id = ${id}::uuid for no key update`;
      await pump.once();
    });
    await pump.once(); // the last of them is free by now, and must not overtake the others
    const done = await db.event.findMany({ where: { processed: true, type: { in: ['a', 'b'] } } });
    expect(done.map(({ type }) => type)).toEqual(['b']);
    await pumped(db);
    const rows = await db.event.findMany({ where: { type: 'a' }, orderBy: { turn: 'asc' } });
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map(({ seq }) => seq).sort((a, b) => Number(a - b)));
  });

  test('pumps of two groups share the work', async () => {
    const { db } = database;
    const events = Array.from({ length: 60 }, (_, i) => happening('x', { keys: [`user:${i % 20}`, `anonymous:${i}`] }));
    await acceptEvents(db, events);
    const pumps = [0, 1].map((group) => new Pump({ db, log: silent }, { group, groups: 2 }));
    const done = await Promise.all(pumps.map((pump) => pump.once()));
    expect(done.map(({ processed }) => processed > 0)).toEqual([true, true]);
    await pumped(db);
    expect(await db.contact.count()).toBe(20);
    expect(await db.event.count({ where: { processed: true, type: 'x' } })).toBe(60);
  });

  test('inside events end after twenty hops', async () => {
    await pumped(database.db, [asks({ hops: 21 })]);
    expect(await database.db.enrollment.count()).toBe(0);
    expect(await database.db.event.count({ where: { processed: true, type: 'form.submitted' } })).toBe(1);
  });
});

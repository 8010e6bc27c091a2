import { v7 } from 'uuid';
import { Pump } from '../../activities/pump/pump';
import type { Db } from '../../prisma/client';
import { acceptEvents } from '../../prisma/stores/events';
import { mergeContacts } from '../../prisma/stores/merging/merge';
import { freshDatabase, type TestDatabase } from '../support/database';
import { publishedJourney } from '../support/journeys';
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

const pricing = (more = {}) => happening('page.viewed', { properties: { path: '/pricing' }, ...more });
const visitOf = (enrollmentId: string) =>
  database.db.stepVisit.findUniqueOrThrow({ where: { enrollmentId_visit: { enrollmentId, visit: 2 } } });
const inAnHour = () => new Date(Date.now() + 3_600_000);

const contactOf = (kind: string, value: string) =>
  database.db.contactIdentity.findUnique({ where: { kind_value: { kind, value } } });

test('a visitor keeps history when they say who they are', async () => {
  const { db } = database;
  await pumped(db, [happening('page.viewed', { keys: ['anonymous:a'], fromBrowser: true })]);
  const visitor = await contactOf('anonymous', 'a');
  await pumped(db, [happening('form.submitted', { keys: ['anonymous:a', 'email:a@example.test'], fromBrowser: true })]);
  expect((await contactOf('email', 'a@example.test'))?.contactId).toBe(visitor?.contactId);
  expect(await db.contact.count()).toBe(1);
});

test('a visitor joins the contact they turn out to be', async () => {
  const { db } = database;
  await pumped(db, [asks({ keys: ['anonymous:a'], traits: { company: 'Acme' } })]);
  await pumped(db, [happening('identify', { traits: { email: 'ann@example.test', firstName: 'Ann' } })]);
  const visitor = (await contactOf('anonymous', 'a'))?.contactId ?? '';
  const known = (await contactOf('email', 'ann@example.test'))?.contactId ?? '';
  const enrollment = await db.enrollment.findFirstOrThrow();
  await waiting(enrollment, inAnHour());
  await pumped(db, [happening('identify', { keys: ['email:ann@example.test', 'anonymous:a'] })]);
  expect((await contactOf('anonymous', 'a'))?.contactId).toBe(known);
  expect(await db.contact.findUniqueOrThrow({ where: { id: visitor } })).toMatchObject({ mergedInto: known });
  expect(await db.contact.findUniqueOrThrow({ where: { id: known } })).toMatchObject({
    company: 'Acme',
    firstName: 'Ann',
  });
  expect(await db.event.count({ where: { contactId: visitor } })).toBe(0);
  expect(await db.enrollment.findFirstOrThrow()).toMatchObject({ contactId: known, leaving: null });
  expect(await db.dispatch.findMany()).toMatchObject([{ kind: 'wake', visit: null, outcome: null }]);
  // Their wait goes on under the new name, also for an event that still has the old one.
  await pumped(db, [pricing({ keys: [`contact:${visitor}`] })]);
  expect(await visitOf(enrollment.id)).toMatchObject({ outcome: 'on:1' });
});

test('a visitor locked elsewhere joins later', async () => {
  const { db } = database;
  await pumped(db, [happening('x', { keys: ['anonymous:a'] }), happening('x')]);
  const visitor = (await contactOf('anonymous', 'a'))?.contactId ?? '';
  await db.$transaction(async (tx) => {
    await tx.$executeRaw`select from contact where id = ${visitor}::uuid for no key update`;
    const both = happening('both', { keys: ['email:ann@example.test', 'anonymous:a'] });
    await pumped(db, [both, happening('last', { keys: ['anonymous:a'] }), happening('else', { keys: ['user:9'] })]);
    const left = await db.event.findMany({ where: { processed: false }, orderBy: { seq: 'asc' } });
    expect(left.map(({ type }) => type)).toEqual(['both', 'last']);
  });
  await pumped(db);
  expect((await contactOf('anonymous', 'a'))?.contactId).not.toBe(visitor);
  expect(await db.event.count({ where: { processed: false } })).toBe(0);
});

test('a key that waits is given to nobody else', async () => {
  const { db } = database;
  await pumped(db, [happening('x')]);
  const ann = (await contactOf('email', 'ann@example.test'))?.contactId ?? '';
  const pump = new Pump({ db, log: silent });
  const named = happening('named', { keys: ['user:7', 'email:ann@example.test', 'anonymous:a'] });
  // More than one window: what is left behind is remembered in the next.
  const others = Array.from({ length: 500 }, (_, i) => happening('else', { keys: [`user:other-${i}`] }));
  await acceptEvents(db, [named, happening('early', { keys: ['user:7'] }), ...others]);
  await acceptEvents(db, [happening('late', { keys: ['anonymous:a'] })]);
  await db.$transaction(
    async (tx) => {
      await tx.$executeRaw`select from contact where id = ${ann}::uuid for no key update`;
      while ((await pump.once()).processed > 0);
      const left = await db.event.findMany({ where: { processed: false }, orderBy: { seq: 'asc' } });
      expect(left.map(({ type }) => type)).toEqual(['named', 'early', 'late']);
    },
    { timeout: 30_000 },
  );
  await pumped(db);
  const theirs = await db.event.findMany({ where: { contactId: ann, type: { in: ['named', 'early', 'late'] } } });
  expect(theirs).toHaveLength(3);
  expect((await contactOf('user', '7'))?.contactId).toBe(ann);
});

/** As if somebody else had been quicker, between what is read and the locks. */
function after(db: Db, first: () => Promise<unknown>): Db {
  let before: Promise<unknown> | null = null;
  return new Proxy(db, {
    get: (target, name) =>
      name === '$transaction'
        ? async (...given: Parameters<Db['$transaction']>) => {
            await (before ??= first());
            return target.$transaction(...given);
          }
        : Reflect.get(target, name),
  });
}

test.each([
  ['a fresh key', ['user:fresh', 'email:b@example.test']],
  ['a visitor', ['email:b@example.test', 'anonymous:v']],
])('%s goes to whom its contact became meanwhile', async (_, keys) => {
  const { db } = database;
  await pumped(db, [happening('x'), happening('x', { keys: ['email:b@example.test'] })]);
  await pumped(db, [happening('x', { keys: ['anonymous:v'] })]);
  const stays = (await contactOf('email', 'ann@example.test'))?.contactId ?? '';
  const goes = (await contactOf('email', 'b@example.test'))?.contactId ?? '';
  const of = { by: 'hand' as const, reason: '', requestedBy: null, at: new Date() };
  await acceptEvents(db, [happening('named', { keys })]);
  await new Pump({ db: after(db, () => mergeContacts(db, { stays, goes, ...of })), log: silent }).once();
  expect(await db.event.findFirstOrThrow({ where: { type: 'named' } })).toMatchObject({ contactId: stays });
  expect(await db.contactIdentity.count({ where: { contactId: goes } })).toBe(0);
  expect(await db.contact.count({ where: { mergedInto: goes } })).toBe(0);
});

test('who was joined before is led on, once free', async () => {
  const { db } = database;
  await pumped(db, [happening('x', { keys: ['anonymous:a'] }), happening('x')]);
  const visitor = (await contactOf('anonymous', 'a'))?.contactId ?? '';
  const earlier = await db.contact.create({ data: { id: v7(), mergedInto: visitor } });
  const both = happening('both', { keys: ['email:ann@example.test', 'anonymous:a'] });
  await db.$transaction(async (tx) => {
    await tx.$executeRaw`select from contact where id = ${earlier.id}::uuid for no key update`;
    await pumped(db, [both, happening('else', { keys: ['user:9'] })]);
    const left = await db.event.findMany({ where: { processed: false } });
    expect(left.map(({ type }) => type)).toEqual(['both']);
  });
  await pumped(db);
  const known = (await contactOf('email', 'ann@example.test'))?.contactId;
  const rows = await db.contact.findMany({ where: { mergedInto: { not: null } } });
  expect(rows.map(({ id, mergedInto }) => [id, mergedInto]).sort()).toEqual(
    [visitor, earlier.id].sort().map((id) => [id, known]),
  );
});

test('the newer of two runs leaves when they join', async () => {
  const { db } = database;
  await pumped(db, [asks({ keys: ['email:ann@example.test'] })]);
  await pumped(db, [asks({ keys: ['anonymous:a'] })]);
  await pumped(db, [happening('identify', { keys: ['email:ann@example.test', 'anonymous:a'] })]);
  const runs = await db.enrollment.findMany({ orderBy: { createdAt: 'asc' } });
  expect(runs.map(({ leaving, n }) => [leaving, n])).toEqual([
    [null, 1],
    ['merged', 2],
  ]);
  expect(new Set(runs.map(({ contactId }) => contactId)).size).toBe(1);
});

test('two known contacts are never joined', async () => {
  const { db } = database;
  await pumped(db, [happening('x', { keys: ['user:1'] }), happening('x', { keys: ['email:b@example.test'] })]);
  await pumped(db, [
    happening('both', { keys: ['user:1', 'email:b@example.test'], traits: { email: 'b@example.test' } }),
  ]);
  const user = await contactOf('user', '1');
  const other = await contactOf('email', 'b@example.test');
  const event = await db.event.findFirstOrThrow({ where: { type: 'both' } });
  expect(event.contactId).toBe(user?.contactId);
  expect(event.context).toEqual({ conflict: { contacts: [other?.contactId], refused: [] } });
  expect(await db.contact.findUniqueOrThrow({ where: { id: user?.contactId ?? '' } })).toMatchObject({ email: null });
});

test("a browser's user id waits for the server's word", async () => {
  const { db } = database;
  await pumped(db, [happening('x', { traits: { email: 'ann@example.test' } })]);
  const ann = (await contactOf('email', 'ann@example.test'))?.contactId;
  const traits = { email: 'ann@example.test' };
  await pumped(db, [
    happening('guessed', { keys: ['user:4711', 'email:ann@example.test'], traits, fromBrowser: true }),
  ]);
  expect(await db.event.findFirstOrThrow({ where: { type: 'guessed' } })).toMatchObject({
    contactId: ann,
    context: { conflict: { contacts: [], refused: ['user'] } },
  });
  // Whose it is in truth comes to an own record, not to Ann's.
  await pumped(db, [happening('identify', { keys: ['user:4711'], traits: { email: 'evil@example.test' } })]);
  expect((await contactOf('user', '4711'))?.contactId).not.toBe(ann);
  expect(await db.contact.findUniqueOrThrow({ where: { id: ann ?? '' } })).toMatchObject({ email: traits.email });
});

test('who signs up in a browser has an address', async () => {
  const { db } = database;
  await pumped(db, [happening('page.viewed', { keys: ['anonymous:a'], fromBrowser: true })]);
  const keys = ['user:1', 'email:new@example.test', 'anonymous:a'];
  await pumped(db, [happening('identify', { keys, traits: { email: 'new@example.test' }, fromBrowser: true })]);
  expect(await db.contact.findMany()).toMatchObject([{ email: 'new@example.test' }]);
  expect((await contactOf('user', '1'))?.contactId).toBe((await contactOf('anonymous', 'a'))?.contactId);
});

test('an id that many share is joined with nobody', async () => {
  const { db } = database;
  await pumped(db, [happening('x', { keys: ['anonymous:kiosk'] }), happening('x')]);
  const kiosk = (await contactOf('anonymous', 'kiosk'))?.contactId ?? '';
  const ann = (await contactOf('email', 'ann@example.test'))?.contactId;
  await db.$executeRaw`
    insert into event (origin, message_id, type, keys, bucket, occurred_at, processed, contact_id, turn)
    select 'test', 'seen ' || i, 'page.viewed', '{anonymous:kiosk}', 0, now(), true, ${kiosk}::uuid, nextval('turn_seq')
    from generate_series(1, 20000) i`;
  await pumped(db, [happening('identify', { keys: ['email:ann@example.test', 'anonymous:kiosk'] })]);
  await pumped(db, [happening('identify', { keys: ['user:9', 'anonymous:kiosk'] })]);
  expect((await contactOf('anonymous', 'kiosk'))?.contactId).toBe(kiosk);
  expect(await db.contact.count({ where: { mergedInto: { not: null } } })).toBe(0);
  expect((await contactOf('user', '9'))?.contactId).not.toBe(kiosk);
  const [told] = await db.event.findMany({ where: { type: 'identify' }, orderBy: { seq: 'asc' } });
  expect(told).toMatchObject({ contactId: ann, context: { conflict: { contacts: [kiosk], refused: [] } } });
});

test('a server key changes what a browser may not', async () => {
  const { db } = database;
  const traits = { email: 'ann@example.test', company: 'Acme', owner: 'rep', plan: 'free' };
  await pumped(db, [happening('identify', { keys: ['user:1'], traits })]);
  const fromBrowser = { email: 'evil@example.test', company: 'Evil', owner: 'evil', plan: 'gold', jobTitle: 'CTO' };
  await pumped(db, [happening('identify', { keys: ['user:1'], traits: fromBrowser, fromBrowser: true })]);
  expect(await db.contact.findFirstOrThrow()).toMatchObject({
    ...{ company: 'Acme', owner: 'rep', jobTitle: 'CTO' },
    email: 'ann@example.test',
    traits: { plan: 'free' },
  });
  expect(await contactOf('email', 'evil@example.test')).toBeNull();
  await pumped(db, [happening('identify', { keys: ['user:1'], traits: { email: 'New@Example.test', owner: 'boss' } })]);
  expect(await db.contact.findFirstOrThrow()).toMatchObject({ email: 'new@example.test', owner: 'boss' });
  expect(await contactOf('email', 'new@example.test')).not.toBeNull();
});

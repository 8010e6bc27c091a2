import { v7 } from 'uuid';
import { addressHash } from '../../prisma/address';
import { arrive } from '../../prisma/stores/effects/arrive';
import { underLock } from '../../prisma/stores/effects/context';
import { newToken } from '../../prisma/stores/links';
import { patchContact } from '../../prisma/stores/contacts';
import { defaultSettings, type Settings } from '../../prisma/stores/settings';
import { unsubscribe } from '../../prisma/stores/unsubscribe';
import type { NewEvent } from '../../prisma/stores/events';
import { freshDatabase, type TestDatabase } from '../support/database';
import { contactWith, enrolled, publishedJourney } from '../support/journeys';
import { happening, pumped } from '../support/pump';

const journey = (key: string, more = '') => `
journey: ${key}
name: ${key}
explain: A rest that events end, and a step that they lead to.
topic: education
stage: awareness
responsible: tests
review: 90 days
entry: [{ event: form.submitted }]
exits:
  - { event: demo.requested, next: extra }
  - { event: email.unsubscribed, next: extra }
  - { event: order.completed, outcome: bought }
${more}
steps:
  - { id: rest, kind: wait, for: 5 days, on: [{ event: page.viewed, next: done }, { event: demo.requested, next: done }] }
  - { id: done, kind: exit, outcome: completed }
  - { id: extra, kind: wait, for: 1 day, on: [{ event: page.viewed, next: done }] }
  - { id: over, kind: exit, outcome: over }
`;

let database: TestDatabase;
let plain: string;
let strict: string;
beforeAll(async () => {
  database = await freshDatabase();
  plain = await publishedJourney(database.db, journey('plain'));
  strict = await publishedJourney(database.db, journey('strict', 'defaultExits: false'));
});
afterAll(() => database.drop());

let people = 0;

/** Somebody at rest in a journey. */
async function resting(versionId: string) {
  const { db } = database;
  const email = `person-${(people += 1)}@example.test`;
  const contactId = await contactWith(db, email);
  const enrollmentId = await enrolled(db, { contactId, versionId });
  const deps = { db, settings: async (): Promise<Settings> => defaultSettings };
  const asked = { enrollmentId, visit: 1, stepId: 'rest', closes: null, now: Date.now() };
  await underLock(deps, asked, (tx, context) => arrive(tx, context, asked));
  return { email, contactId, enrollmentId };
}

const by = ({ email }: { email: string }, type: string, more: Partial<NewEvent> = {}) =>
  happening(type, { keys: [`email:${email}`], ...more });

const rowOf = ({ enrollmentId }: { enrollmentId: string }) =>
  database.db.enrollment.findUniqueOrThrow({ where: { id: enrollmentId } });

const wakesOf = async ({ enrollmentId }: { enrollmentId: string }) =>
  (await database.db.dispatch.findMany({ where: { enrollmentId }, orderBy: { id: 'asc' } })).map(
    ({ kind, visit, outcome }) => ({ kind, visit, outcome }),
  );

test.each<[string, string, Partial<NewEvent>]>([
  ['meeting-booked', 'meeting.booked', {}],
  ['replied', 'email.replied', {}],
  ['customer', 'identify', { traits: { lifecycleStage: 'customer' } }],
  ['handoff-accepted', 'handoff.accepted', {}],
  ['unsubscribed', 'email.unsubscribed', {}],
  ['bought', 'order.completed', {}],
])('%s ends it', async (outcome, type, more) => {
  const who = await resting(plain);
  await pumped(database.db, [by(who, type, more)]);
  expect(await rowOf(who)).toMatchObject({ leaving: outcome, leavingCause: { kind: 'event', type } });
  expect(await wakesOf(who)).toEqual([{ kind: 'wake', visit: null, outcome: 'leave' }]);
  const decisions = await database.db.decision.findMany({ where: { enrollmentId: who.enrollmentId, kind: 'exit' } });
  expect(decisions).toMatchObject([{ outcome, visit: 1, stepId: 'rest', reason: `${type} ends this journey` }]);
});

test('a person makes somebody a customer', async () => {
  const who = await resting(plain);
  const change = { fields: { lifecycleStage: 'customer' }, traits: {}, at: new Date() };
  await patchContact(database.db, who.contactId, change);
  await pumped(database.db);
  expect(await rowOf(who)).toMatchObject({ leaving: 'customer' });
});

test.each(['meeting.booked', 'email.replied', 'handoff.accepted'])('without defaults %s ends nothing', async (type) => {
  const who = await resting(strict);
  await pumped(database.db, [by(who, type)]);
  expect(await rowOf(who)).toMatchObject({ leaving: null });
});

test.each([
  ['everything', {}, 'unsubscribed'],
  ['its topic', { topic: 'education' }, 'unsubscribed'],
])('an opt-out from %s ends it without defaults', async (_, properties, leaving) => {
  const who = await resting(strict);
  await pumped(database.db, [by(who, 'email.unsubscribed', { properties })]);
  expect(await rowOf(who)).toMatchObject({ leaving, diverted: null });
});

test('an opt-out by a link ends it at once', async () => {
  const { db } = database;
  const who = await resting(strict);
  const link = { token: newToken(), addressHash: addressHash(who.email), contactId: who.contactId, sendId: v7() };
  await db.unsubscribeLink.create({ data: { ...link, topic: 'education' } });
  await unsubscribe(db, link.token, { from: 'topic', oneClick: true, at: new Date() });
  expect(await rowOf(who)).toMatchObject({ leaving: 'unsubscribed', leavingCause: { kind: 'opt-out' } });
});

describe('an exit that goes on', () => {
  test('is written with its event, and wakes', async () => {
    const { db } = database;
    const who = await resting(plain);
    await pumped(db, [by(who, 'demo.requested')]);
    const event = await db.event.findFirstOrThrow({ where: { contactId: who.contactId, type: 'demo.requested' } });
    const diverted = { exit: 0, seq: String(event.seq), turn: String(event.turn), at: event.receivedAt.getTime() };
    expect(await rowOf(who)).toMatchObject({ leaving: null, diverted: { ...diverted, taken: null } });
    expect(await wakesOf(who)).toEqual([{ kind: 'wake', visit: null, outcome: null }]);
    const decisions = await db.decision.findMany({ where: { enrollmentId: who.enrollmentId } });
    expect(decisions).toMatchObject([
      { kind: 'diversion', outcome: 'exit:0', reason: 'after demo.requested this journey goes on at extra' },
    ]);
  });

  test('wins no wait, and lets nothing win it', async () => {
    const { db } = database;
    const who = await resting(plain);
    await pumped(db, [by(who, 'demo.requested'), by(who, 'page.viewed')]);
    const visits = await db.stepVisit.findMany({ where: { enrollmentId: who.enrollmentId } });
    expect(visits).toMatchObject([{ outcome: null, winnerSeq: null }]);
    expect(await db.waitSubscription.count({ where: { enrollmentId: who.enrollmentId } })).toBe(0);
  });

  test('is taken once', async () => {
    const who = await resting(strict);
    await pumped(database.db, [by(who, 'demo.requested'), by(who, 'demo.requested')]);
    expect(await wakesOf(who)).toHaveLength(1);
  });

  test('gives way to leaving', async () => {
    const who = await resting(plain);
    await pumped(database.db, [by(who, 'order.completed'), by(who, 'demo.requested')]);
    expect(await rowOf(who)).toMatchObject({ leaving: 'bought', diverted: null });
  });

  test('concerns nobody who enters later', async () => {
    const { db } = database;
    const email = 'later@example.test';
    await pumped(db, [by({ email }, 'demo.requested'), by({ email }, 'form.submitted')]);
    const contact = await db.contactIdentity.findFirstOrThrow({ where: { value: email } });
    const entered = await db.enrollment.findMany({ where: { contactId: contact.contactId } });
    expect(entered.map(({ diverted }) => diverted)).toEqual([null, null]);
  });
});

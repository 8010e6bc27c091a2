import { v7 } from 'uuid';
import { addressHash } from '../../prisma/address';
import { inTransaction, type Db } from '../../prisma/client';
import { currentSettings } from '../../prisma/stores/current-settings';
import { underLock } from '../../prisma/stores/effects/context';
import { evaluateAll } from '../../prisma/stores/effects/facts';
import { mergeContacts } from '../../prisma/stores/merging/merge';
import { givePoints } from '../../prisma/stores/scores/points';
import type { Condition, DidTest } from '../../workflows/domain/conditions/condition';
import { freshDatabase, type TestDatabase } from '../support/database';
import { contactWith, enrolled, publishedJourney } from '../support/journeys';
import { happening, pumped } from '../support/pump';
import { twoMails } from '../support/sending';

let database: TestDatabase;
let db: Db;
let versionId: string;
let contactId: string;
let enrollmentId: string;
let people = 0;
beforeAll(async () => {
  database = await freshDatabase();
  db = database.db;
  versionId = await publishedJourney(db, twoMails);
}, 60_000);
afterAll(() => database.drop());
beforeEach(async () => {
  contactId = await contactWith(db, `facts-${(people += 1)}@example.test`);
  enrollmentId = await enrolled(db, { contactId, versionId });
});

/** Whether it holds, and what the decision says. */
async function judged(condition: Condition) {
  const deps = { db, settings: currentSettings(db).current };
  const asked = { enrollmentId, visit: 1, stepId: 'first', closes: null, now: Date.now() };
  const [verdict] = await underLock(deps, asked, (tx, context) => evaluateAll(tx, context, [condition]));
  return verdict;
}
const holds = async (condition: Condition) => (await judged(condition))?.holds;

/** How often, as the decision's record has it. */
async function times(test: DidTest) {
  return Object.values((await judged(test))?.inputs ?? {})[0];
}

/** A mail of this enrollment, or of another. */
async function sent(stepId: string, { minutesAgo = 0, of = enrollmentId, state = 'accepted' } = {}): Promise<string> {
  const id = v7();
  const claimedAt = new Date(Date.now() - minutesAgo * 60_000);
  await db.send.create({
    data: {
      ...{ id, key: id, enrollmentId: of, visit: 1, stepId, journeyKey: 'two-mails', contactId, templateKey: 't' },
      ...{ state, claimedAt, unsubscribeToken: id },
    },
  });
  return id;
}

function did(type: string, { sendId, ...properties }: Record<string, string | boolean> = {}) {
  const about = typeof sendId === 'string' ? { sendId } : {};
  return pumped(db, [happening(type, { keys: [`contact:${contactId}`], properties, ...about })]);
}

function entry(points: number, axis: 'fit' | 'engagement', whose = contactId) {
  return {
    ...{ id: v7(), contactId: whose, axis, rule: 'r', points, at: Date.now() },
    ...{ journeyKey: null, enrollmentId: null, visit: null },
  };
}

test('points are summed', async () => {
  await inTransaction(db, (tx) => givePoints(tx, [entry(40, 'fit'), entry(-10, 'fit'), entry(1, 'engagement')]));
  expect(await judged({ score: 'fit', atLeast: 30 })).toMatchObject({
    holds: true,
    inputs: { 'score fit at least 30': 30 },
  });
  expect(await holds({ score: 'total', atLeast: 32 })).toBe(false);
  expect(await judged({ tier: 'medium' })).toMatchObject({ holds: true, inputs: { 'tier medium': 'medium' } });
});

test('points of two records count as soon as they are one', async () => {
  const other = await contactWith(db, `facts-${(people += 1)}@example.test`);
  await inTransaction(db, (tx) => givePoints(tx, [entry(20, 'fit'), entry(30, 'fit', other)]));
  const of = { by: 'hand' as const, reason: '', requestedBy: null, at: new Date() };
  await mergeContacts(db, { stays: contactId, goes: other, ...of });
  expect(await judged({ score: 'fit', atLeast: 50 })).toMatchObject({ inputs: { 'score fit at least 50': 50 } });
  // The pump is told of it, and counts for good.
  expect(await db.scoreState.findUnique({ where: { contactId } })).toMatchObject({ stale: true, fit: 20 });
});

test('the last mails, and what people did with them', async () => {
  const old = await sent('first', { minutesAgo: 60 });
  const last = await sent('second', { minutesAgo: 30 });
  await sent('second', { minutesAgo: 10, state: 'suppressed' });
  expect(await holds({ mails: 'last 2', opened: 'none' })).toBe(true);
  await did('email.clicked', { sendId: old });
  await did('email.opened', { sendId: last, machine: true });
  expect(await holds({ mails: 'last 2', opened: 'any' })).toBe(true);
  expect(await holds({ mails: 'last 1', opened: 'any' })).toBe(false);
  expect(await holds({ mails: 'last 2', clicked: 'all' })).toBe(false);
  await did('email.clicked', { sendId: last });
  expect(await holds({ mails: 'last 2', clicked: 'all' })).toBe(true);
});

test('consent is no opt-out', async () => {
  const { email } = await db.contact.findUniqueOrThrow({ where: { id: contactId } });
  expect(await holds({ consent: 'product' })).toBe(true);
  await db.suppression.create({
    data: { addressHash: addressHash(email ?? ''), scope: 'topic:product', reason: 'unsubscribed' },
  });
  expect([await holds({ consent: 'product' }), await holds({ consent: 'education' })]).toEqual([false, true]);
});

test('saved segments may name others', async () => {
  await db.segment.createMany({
    data: [
      { key: 'big', name: 'Big', condition: { field: 'companySize', gte: 100 } },
      { key: 'big-here', name: 'Big here', condition: { all: [{ segment: 'big' }, { field: 'country', is: 'DE' }] } },
    ],
  });
  expect(await holds({ segment: 'big-here' })).toBe(false);
  await db.contact.update({ where: { id: contactId }, data: { companySize: '150', country: 'de' } });
  expect(await holds({ segment: 'big-here' })).toBe(true);
  expect(await holds({ segment: 'no-such' })).toBe(false);
});

test('who is to leave another journey is not in it', async () => {
  const other = await enrolled(db, {
    contactId,
    versionId: await publishedJourney(db, twoMails.replaceAll('two-mails', 'two')),
  });
  expect(await holds({ journey: 'two', status: 'active' })).toBe(true);
  expect(await holds({ journey: 'two-mails', status: 'active' })).toBe(false);
  await db.enrollment.update({ where: { id: other }, data: { leaving: 'gone' } });
  expect(await holds({ journey: 'two', status: 'active' })).toBe(false);
  expect(await holds({ journey: 'two', status: 'finished' })).toBe(true);
});

test('what was done is counted', async () => {
  await did('page.viewed', { path: '/pricing' });
  await did('page.viewed', { path: '/' });
  await did('page.viewed', { path: '/pricing', machine: true });
  await did('survey.answered');
  const where = { path: '/pricing' };
  expect(await times({ did: 'page.viewed' })).toBe(2);
  expect(await times({ did: 'activity' })).toBe(2);
  expect(await times({ did: 'page.viewed', where })).toBe(1);
  expect(await times({ did: 'page.viewed', where: { ...where, machine: true } })).toBe(1);
  expect(await times({ did: 'page.viewed', where: {} })).toBe(2);
  expect(await times({ did: 'mine', types: ['survey.answered', 'page.viewed'] })).toBe(3);
  expect(await times({ did: 'order.completed' })).toBe(0);
  expect(await holds({ all: [{ did: 'page.viewed', times: 2 }, { not: { did: 'page.viewed', times: 3 } }] })).toBe(
    true,
  );
});

test('only what is about this enrollment’s messages counts', async () => {
  const [mine, other] = [await sent('first'), await sent('first', { of: v7() })];
  for (const sendId of [mine, mine, other, await sent('second')]) await did('email.clicked', { sendId });
  expect(await times({ did: 'email.clicked' })).toBe(4);
  expect(await times({ did: 'email.clicked', of: 'first' })).toBe(2);
  expect(await times({ did: 'email.clicked', of: ['first', 'second'] })).toBe(3);
  expect(await times({ did: 'email.clicked', of: 'journey' })).toBe(3);
  // With a filter, it is counted page by page until it is enough.
  const where = { sendId: { exists: false } };
  expect(await times({ did: 'email.clicked', of: 'first', where, times: 2 })).toBe(2);
});

test('it looks back as far as it is told', async () => {
  await did('page.viewed', { path: '/' });
  await db.event.updateMany({
    where: { contactId, type: 'page.viewed' },
    data: { receivedAt: new Date(Date.now() - 7_200_000) },
  });
  const { turn } = await db.event.findFirstOrThrow({ where: { contactId, type: 'page.viewed' } });
  await db.enrollment.update({ where: { id: enrollmentId }, data: { mark: turn ?? 0n } });
  await did('page.viewed', { path: '/' });
  expect(await times({ did: 'page.viewed' })).toBe(2);
  expect(await times({ did: 'page.viewed', within: '1 hour' })).toBe(1);
  expect(await times({ did: 'page.viewed', within: '3 hours' })).toBe(2);
  expect(await times({ did: 'page.viewed', since: 'entry' })).toBe(1);
  expect(await times({ did: 'page.viewed', since: 'entry', where: { path: '/' } })).toBe(1);
});

test('what is not processed yet does not count', async () => {
  await db.event.create({
    data: {
      origin: 't',
      messageId: v7(),
      type: 'page.viewed',
      keys: [`contact:${contactId}`],
      bucket: 0,
      occurredAt: new Date(),
      contactId,
    },
  });
  expect(await times({ did: 'page.viewed' })).toBe(0);
});

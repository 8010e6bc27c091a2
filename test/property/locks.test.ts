import { v7 } from 'uuid';
import { resolveIdentities } from '../../activities/pump/identities';
import { createDb, inTransaction, type Db, type Tx } from '../../prisma/client';
import { patchContact } from '../../prisma/stores/contacts';
import { act as carryOut } from '../../prisma/stores/effects/act';
import { needAttention } from '../../prisma/stores/effects/attention';
import { underLock } from '../../prisma/stores/effects/context';
import { decide } from '../../prisma/stores/effects/decide';
import { askedBy, finish } from '../../prisma/stores/effects/finish';
import { settle } from '../../prisma/stores/effects/send/settle';
import { providerEvent } from '../../prisma/stores/effects/send-states';
import { exitEnrollment } from '../../prisma/stores/enrollment-actions';
import { resume } from '../../prisma/stores/holds';
import { mergeContacts, mergeUnderLocks } from '../../prisma/stores/merging/merge';
import { suppress } from '../../prisma/stores/suppressions';
import type { Closes } from '../../workflows/contract/visits';
import type { EffectRequest } from '../../workflows/contract/effects';
import { freshDatabase, type TestDatabase } from '../support/database';
import type { JourneyKey } from './support/journeys';
import {
  anAttempt,
  arriveBy,
  beginBy,
  claimBy,
  depsOf,
  publishAll,
  somebody,
  waitersOnLocks,
  type Somebody,
} from './support/people';

let database: TestDatabase;
let db: Db;
let watcher: Db;
beforeAll(async () => {
  database = await freshDatabase();
  db = createDb(database.url, { poolSize: 6 });
  watcher = createDb(database.url, { poolSize: 1 });
  await publishAll(db);
});
afterAll(async () => {
  await Promise.all([db.$disconnect(), watcher.$disconnect()]);
  await database.drop();
});

const HOUR = 3_600_000;

/** The other side has the contact; this one begins and waits for it; the other changes something and commits. */
async function whileItWaits<T>(who: Somebody, act: () => Promise<T>, change: (tx: Tx) => Promise<unknown>): Promise<T> {
  let acting: Promise<T> | null = null;
  await inTransaction(db, async (tx) => {
    await tx.$queryRaw`select id from contact where id = ${who.contactId}::uuid for no key update`;
    acting = act();
    acting.catch(() => undefined);
    await waitersOnLocks(watcher, 1);
    await change(tx);
  });
  if (!acting) throw new Error('it has been begun');
  return acting;
}

// What the other side commits.
const changes = {
  winner: (who: Somebody) => (tx: Tx) =>
    tx.stepVisit.updateMany({ where: { enrollmentId: who.enrollmentId, outcome: null }, data: { outcome: 'on:0' } }),
  leave: (who: Somebody) => (tx: Tx) =>
    tx.enrollment.update({ where: { id: who.enrollmentId }, data: { leaving: 'gone' } }),
  end: (who: Somebody) => (tx: Tx) =>
    tx.enrollment.update({ where: { id: who.enrollmentId }, data: { status: 'finished', outcome: 'gone' } }),
  hold: (who: Somebody) => (tx: Tx) =>
    tx.hold.create({ data: { id: v7(), scope: 'enrollment', enrollmentId: who.enrollmentId } }),
  address: (who: Somebody) => (tx: Tx) =>
    tx.contact.update({ where: { id: who.contactId }, data: { email: `${v7()}@example.com` } }),
  'no address': (who: Somebody) => (tx: Tx) =>
    tx.contact.update({ where: { id: who.contactId }, data: { email: null } }),
  'opt-out': (who: Somebody) => (tx: Tx) => tx.$executeRaw`
    insert into suppression (address_hash, scope, reason) values (address_hash(${who.email}), 'global', 'unsubscribed')`,
  "another attempt's begin": (who: Somebody) => (tx: Tx) =>
    tx.send.updateMany({
      where: { enrollmentId: who.enrollmentId },
      data: { state: 'sending', attemptId: v7(), begun: { increment: 1 }, begunAt: new Date() },
    }),
  'the next visit': (who: Somebody) => (tx: Tx) =>
    tx.enrollment.update({ where: { id: who.enrollmentId }, data: { visit: { increment: 1 } } }),
  'a provider event': (who: Somebody) => (tx: Tx) =>
    tx.send.updateMany({ where: { enrollmentId: who.enrollmentId }, data: { state: 'delivered' } }),
  // As another enrollment of theirs draws it.
  'an arm': (who: Somebody) => (tx: Tx) =>
    tx.exposure.create({
      data: {
        ...{ journeyKey: who.journey, stepId: 'fork', contactId: who.contactId, arm: 'y', at: new Date() },
        enrollmentId: v7(),
      },
    }),
  // As a copy of this very effect writes it.
  'the same visit': (who: Somebody) => async (tx: Tx) => {
    const visit = { stepId: 'change', kind: 'update', outcome: 'done', arrivedAt: new Date() };
    await tx.stepVisit.updateMany({ where: { enrollmentId: who.enrollmentId }, data: { outcome: 'timeout' } });
    await tx.stepVisit.create({ data: { ...visit, enrollmentId: who.enrollmentId, visit: 2 } });
    await tx.enrollment.update({ where: { id: who.enrollmentId }, data: { visit: 2, stepId: 'change' } });
  },
  // Accepted after the deadline of the wait that ends, before that of the next.
  'an event processed': (who: Somebody) => async (tx: Tx) => {
    const [row] = await tx.$queryRaw<{ turn: bigint }[]>`
      insert into event (origin, message_id, type, keys, bucket, occurred_at, received_at, processed, contact_id, turn)
      values ('test', ${v7()}, 'a', array[]::text[], 0, now(), now() + interval '150 minutes', true, ${who.contactId}::uuid, nextval('turn_seq')) returning turn`;
    await tx.contact.update({ where: { id: who.contactId }, data: { lastTurn: row?.turn ?? 0n } });
  },
} satisfies Record<string, (who: Somebody) => (tx: Tx) => Promise<unknown>>;
type Change = keyof typeof changes;

interface Standing {
  who: Somebody;
  /** The next effect of its workflow. */
  next: EffectRequest;
}

/** In an open wait whose deadline has passed; the workflow is about to close it. */
async function afterWait(journey: JourneyKey, stepId: string, next: string): Promise<Standing> {
  const who = await somebody(db, journey);
  const { enrollmentId } = who;
  const now = Date.now() + HOUR;
  await arriveBy(db, { enrollmentId, visit: 1, stepId, closes: null, now });
  const closes: Closes = { visit: 1, outcome: 'timeout' };
  return { who, next: { enrollmentId, visit: 2, stepId: next, closes, now: now + 2 * HOUR } };
}

function actBy(asked: EffectRequest) {
  const renderText = (text: string): string => text;
  return underLock(depsOf(db), asked, (tx, context) => carryOut(tx, { ...context, renderText }, asked));
}

const effects = {
  arrive: async () => {
    const { who, next } = await afterWait('two-waits', 'one', 'two');
    return { who, act: () => arriveBy(db, next) };
  },
  decide: async () => {
    const { who, next } = await afterWait('branches', 'one', 'fork');
    return { who, act: () => underLock(depsOf(db), next, (tx, context) => decide(tx, context, next)) };
  },
  split: async () => {
    const { who, next } = await afterWait('acts', 'one', 'fork');
    return { who, act: () => underLock(depsOf(db), next, (tx, context) => decide(tx, context, next)) };
  },
  act: async () => {
    const { who, next } = await afterWait('acts', 'one', 'change');
    return { who, act: () => actBy(next) };
  },
  finish: async () => {
    const { who, next } = await afterWait('clicks', 'short', 'end');
    const { enrollmentId, now, ...at } = next;
    const request = { enrollmentId, now, at };
    return { who, act: () => underLock(depsOf(db), askedBy(request), (tx, context) => finish(tx, context, request)) };
  },
  'needs attention': async () => {
    const { who, next } = await afterWait('two-waits', 'one', 'two');
    const request = { ...next, code: 'test', detail: '' };
    return { who, act: () => underLock(depsOf(db), request, (tx, context) => needAttention(tx, context, request)) };
  },
  claim: async () => {
    const { who, next } = await afterWait('one-wait', 'pause', 'late');
    return { who, act: () => claimBy(db, next, anAttempt()) };
  },
  'claim again': async () => {
    const { who, next } = await afterWait('one-wait', 'pause', 'late');
    await claimBy(db, next, anAttempt());
    return { who, act: () => claimBy(db, next, anAttempt()) };
  },
  begin: async () => {
    const { who, next } = await afterWait('one-wait', 'pause', 'late');
    const attempt = anAttempt();
    await claimBy(db, next, attempt);
    return { who, act: async () => (await beginBy(db, next, attempt)).answer };
  },
  settle: async () => {
    const { who, next } = await afterWait('one-wait', 'pause', 'late');
    const attempt = anAttempt();
    await claimBy(db, next, attempt);
    await beginBy(db, next, attempt);
    const it = { asked: next, attempt, answer: { kind: 'unknown' as const, why: 'no answer' } };
    return { who, act: () => underLock(depsOf(db), next, (tx, context) => settle(tx, context, it)) };
  },
};

test.each<[keyof typeof effects, Change, object]>([
  ['arrive', 'winner', { kind: 'overtaken', by: { visit: 1, stepId: 'one', outcome: 'on:0' } }],
  ['arrive', 'leave', { kind: 'leave' }],
  ['arrive', 'end', { kind: 'ended', outcome: 'gone' }],
  ['arrive', 'hold', { kind: 'held', written: false }],
  ['arrive', 'an event processed', { kind: 'closed', outcome: 'on:0' }],
  ['decide', 'winner', { kind: 'overtaken' }],
  ['decide', 'leave', { kind: 'leave' }],
  ['decide', 'hold', { kind: 'held' }],
  ['split', 'an arm', { kind: 'closed', outcome: 'case:1' }],
  ['act', 'winner', { kind: 'overtaken' }],
  ['act', 'leave', { kind: 'leave' }],
  ['act', 'hold', { kind: 'held', written: false }],
  ['act', 'end', { kind: 'ended', outcome: 'gone' }],
  ['act', 'the same visit', { kind: 'closed', outcome: 'done' }],
  ['finish', 'winner', { kind: 'overtaken' }],
  ['finish', 'leave', { kind: 'leave' }],
  ['finish', 'hold', { kind: 'held' }],
  ['finish', 'end', { kind: 'ended', outcome: 'gone' }],
  ['needs attention', 'leave', { kind: 'leave' }],
  ['needs attention', 'end', { kind: 'ended', outcome: 'gone' }],
  ['claim', 'winner', { kind: 'overtaken' }],
  ['claim', 'leave', { kind: 'leave' }],
  ['claim', 'hold', { kind: 'held', written: false }],
  ['claim', 'no address', { kind: 'deferred', why: 'no-address' }],
  ['claim', 'opt-out', { kind: 'sent', state: 'suppressed' }],
  ['claim again', "another attempt's begin", { kind: 'unknown' }],
  ['claim again', 'a provider event', { kind: 'sent', state: 'delivered' }],
  ['claim again', 'hold', { kind: 'held', written: true }],
  ['claim again', 'opt-out', { kind: 'sent', state: 'suppressed' }],
  ['begin', 'leave', { kind: 'leave' }],
  ['begin', 'end', { kind: 'ended' }],
  ['begin', 'hold', { kind: 'held', written: true }],
  ['begin', 'address', { kind: 'again' }],
  ['begin', 'no address', { kind: 'again' }],
  ['begin', 'opt-out', { kind: 'sent', state: 'suppressed' }],
  ['begin', "another attempt's begin", { kind: 'again' }],
  ['begin', 'a provider event', { kind: 'sent', state: 'delivered' }],
  ['begin', 'the next visit', { kind: 'again' }],
  ['settle', 'a provider event', { kind: 'sent', state: 'delivered' }],
])('%s sees %s', async (effect, change, answer) => {
  const { who, act } = await effects[effect]();
  expect(await whileItWaits<object>(who, act, changes[change](who))).toMatchObject(answer);
});

test('an update keeps what was written meanwhile', async () => {
  const { who, next } = await afterWait('acts', 'one', 'change');
  const where = { id: who.contactId };
  await whileItWaits(
    who,
    () => actBy(next),
    (tx) => tx.contact.update({ where, data: { company: 'ACME', traits: { plan: 'pro', tags: ['first'] } } }),
  );
  expect(await db.contact.findUniqueOrThrow({ where })).toMatchObject({
    ...{ company: 'ACME', country: 'nowhere' },
    traits: { plan: 'pro', seen: true, tags: ['first', 't'] },
  });
});

test('a begin anew sees an opt-out of its address', async () => {
  const { who, next } = await afterWait('one-wait', 'pause', 'late');
  const attempt = anAttempt();
  await claimBy(db, next, attempt);
  await beginBy(db, next, attempt);
  // The person has another address by now: the opt-out of the old one does not come by their lock.
  await db.contact.update({ where: { id: who.contactId }, data: { email: `${v7()}@example.com` } });
  const [begun] = await inTransaction(db, async (tx) => {
    const of = { address: who.email };
    await suppress(tx, { of, channel: 'email', scope: 'global', reason: 'unsubscribed', source: {} });
    const beginning = beginBy(db, next, attempt);
    await waitersOnLocks(watcher, 1);
    return [beginning];
  });
  expect(await begun).toMatchObject({ answer: { kind: 'sent', state: 'suppressed' } });
});

test('an effect follows its enrollment to another contact', async () => {
  const { who, next } = await afterWait('two-waits', 'one', 'two');
  const other = await somebody(db, 'one-wait');
  const moved = whileItWaits(
    who,
    () => arriveBy(db, next),
    (tx) => tx.enrollment.update({ where: { id: who.enrollmentId }, data: { contactId: other.contactId } }),
  );
  expect(await moved).toMatchObject({ kind: 'waiting' });
  const subscriptions = await db.waitSubscription.findMany({ where: { enrollmentId: who.enrollmentId, visit: 2 } });
  expect(new Set(subscriptions.map(({ contactId }) => contactId))).toEqual(new Set([other.contactId]));
});

test('a provider event sees a higher one', async () => {
  const { who, act } = await effects.settle();
  await act();
  const send = await db.send.findFirstOrThrow({ where: { enrollmentId: who.enrollmentId } });
  const event = { sendId: send.id, state: 'accepted' as const, providerMessageId: 'p1' };
  const raised = whileItWaits(
    who,
    () => inTransaction(db, (tx) => providerEvent(tx, event)),
    (tx) => tx.send.update({ where: { id: send.id }, data: { state: 'bounced' } }),
  );
  expect(await raised).toBe(false);
  expect(await db.send.findUnique({ where: { id: send.id } })).toMatchObject({ state: 'bounced' });
});

test.each<[Change, string, string]>([
  ['end', 'finished', 'a finished one stays as it ended'],
  ['leave', 'leaving', 'the first reason stays'],
])('an exit sees %s', async (change, answer) => {
  const { who } = await afterWait('two-waits', 'one', 'two');
  const exit = () => exitEnrollment(db, who.enrollmentId, { reason: '', at: new Date() });
  expect(await whileItWaits(who, exit, changes[change](who))).toBe(answer);
  expect(await db.enrollment.findUnique({ where: { id: who.enrollmentId } })).not.toMatchObject({ leaving: 'exited' });
});

test('a resume sees who went on already', async () => {
  const who = await somebody(db, 'mails');
  await db.enrollment.update({ where: { id: who.enrollmentId }, data: { status: 'held' } });
  const released = whileItWaits(
    who,
    () => resume(db, { scope: 'journey', journeyKey: who.journey }, { spreadSeconds: 0, by: null }),
    (tx) => tx.enrollment.update({ where: { id: who.enrollmentId }, data: { status: 'active' } }),
  );
  expect(await released).toBe(0);
  expect(await db.dispatch.count({ where: { enrollmentId: who.enrollmentId } })).toBe(0);
});

test('a resume sees who is being held', async () => {
  const { who, next } = await afterWait('two-waits', 'one', 'two');
  const target = { scope: 'enrollment', enrollmentId: who.enrollmentId } as const;
  await db.hold.create({ data: { id: v7(), ...target } });
  const released = whileItWaits(
    who,
    () => resume(db, target, { spreadSeconds: 0, by: null }),
    (tx) => tx.enrollment.update({ where: { id: next.enrollmentId }, data: { status: 'held' } }),
  );
  expect(await released).toBe(1);
});

function merging(stays: string, goes: string) {
  return { stays, goes, by: 'hand' as const, reason: '', requestedBy: null, at: new Date() };
}

test('a merge sees that one of the two has gone', async () => {
  const [stays, goes, third] = [
    await somebody(db, 'clicks'),
    await somebody(db, 'clicks'),
    await somebody(db, 'clicks'),
  ];
  const merged = whileItWaits(
    goes,
    () => mergeContacts(db, merging(stays.contactId, goes.contactId)),
    (tx) => mergeUnderLocks(tx, merging(third.contactId, goes.contactId)),
  );
  expect(await merged).toMatchObject({ kind: 'merged' });
  const gone = { id: { in: [goes.contactId, third.contactId] } };
  const rows = await db.contact.findMany({ where: gone });
  expect(rows.map(({ mergedInto }) => mergedInto)).toEqual([stays.contactId, stays.contactId]);
  expect(await db.enrollment.count({ where: { contactId: stays.contactId } })).toBe(3);
});

test('a merge moves a key that is being given', async () => {
  const [stays, goes, other] = [await somebody(db, 'mails'), await somebody(db, 'mails'), await somebody(db, 'mails')];
  await db.contactIdentity.create({ data: { kind: 'email', value: goes.email, contactId: goes.contactId } });
  const keys = ['user:given', `email:${goes.email}`];
  const none = { address: null, groupId: null, newAddress: null };
  const event = { seq: 1n, keys, ...none, fromBrowser: false, hops: 0 };
  let given: Promise<unknown> = Promise.resolve();
  let merged: Promise<unknown> = Promise.resolve();
  // Somebody else has the key, and lets it go again: the giving is in its transaction, with goes locked.
  const taken = inTransaction(db, async (tx) => {
    await tx.contactIdentity.create({ data: { kind: 'user', value: 'given', contactId: other.contactId } });
    given = resolveIdentities(db, [event], () => v7());
    await waitersOnLocks(watcher, 1);
    merged = mergeContacts(db, merging(stays.contactId, goes.contactId));
    await waitersOnLocks(watcher, 2);
    throw new Error('not theirs');
  });
  await expect(taken).rejects.toThrow('not theirs');
  await Promise.all([given, merged]);
  const where = { kind_value: { kind: 'user', value: 'given' } };
  expect(await db.contactIdentity.findUnique({ where })).toMatchObject({ contactId: stays.contactId });
});

test('a patch of who went meanwhile is not written', async () => {
  const [stays, goes] = [await somebody(db, 'mails'), await somebody(db, 'mails')];
  const fields = { company: 'ACME' };
  const patched = whileItWaits(
    goes,
    () => patchContact(db, goes.contactId, { fields, traits: {}, at: new Date() }),
    (tx) => mergeUnderLocks(tx, merging(stays.contactId, goes.contactId)),
  );
  expect(await patched).toEqual({ kind: 'missing' });
  expect(await db.contact.findUnique({ where: { id: goes.contactId } })).toMatchObject({ company: null });
});

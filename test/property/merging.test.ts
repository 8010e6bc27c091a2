import pino from 'pino';
import { v7 } from 'uuid';
import { Pump } from '../../activities/pump/pump';
import { addressHash } from '../../prisma/address';
import { createDb, type Db } from '../../prisma/client';
import { isDatabaseAway } from '../../prisma/database-away';
import { Prisma } from '../../prisma/generated/client';
import { askedBy, finish } from '../../prisma/stores/effects/finish';
import { underLock } from '../../prisma/stores/effects/context';
import { enrollContact } from '../../prisma/stores/enroll';
import { insertEvents } from '../../prisma/stores/events';
import { mergeContacts } from '../../prisma/stores/merging/merge';
import { tablesOfContacts } from '../../prisma/stores/merging/tables';
import { unsubscribe } from '../../prisma/stores/unsubscribe';
import type { EffectRequest } from '../../workflows/contract/effects';
import { uuidColumns } from '../support/contact-columns';
import { freshDatabase, type TestDatabase } from '../support/database';
import { versionIdOf } from './support/journeys';
import { anAttempt, arriveBy, beginBy, claimBy, depsOf, publishAll, somebody, type Somebody } from './support/people';

/** Merges that race with everything else, so many of them at once. */
const RACES = Number(process.env['PROPERTY_MERGES'] ?? 240);
const AT_ONCE = 4;

let database: TestDatabase;
let db: Db;
let pump: Pump;
beforeAll(async () => {
  database = await freshDatabase();
  db = createDb(database.url, { poolSize: 4 * AT_ONCE });
  pump = new Pump({ db, log: pino({ level: 'silent' }) });
  await publishAll(db);
  const publishedId = versionIdOf('two-waits');
  await db.journey.create({ data: { key: 'two-waits', status: 'published', draft: '', publishedId } });
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

test('every table with contacts is told how to merge', async () => {
  const rows = await db.$queryRaw<{ table: string }[]>`
    select table_name as "table" from information_schema.columns
    where table_schema = 'public' and column_name = 'contact_id' and is_updatable = 'YES' order by 1`;
  expect(rows.map(({ table }) => table)).toEqual(Object.keys(tablesOfContacts).sort());
});

interface Raced {
  /** What must not have happened, in words. */
  broken: string[];
  /** How it went, so that the test can tell that they raced. */
  how: string;
}

test('merges race with all else, and nothing is lost', async () => {
  const raced: Raced[] = [];
  for (let done = 0; done < RACES; done += AT_ONCE) {
    raced.push(...(await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => race(done + index)))));
  }
  expect(raced.flatMap(({ broken }) => broken)).toEqual([]);
  // Sends before and after the merge, by either run: or they did not race at all.
  const ways = new Set(raced.map(({ how }) => how));
  expect([...ways]).toEqual(expect.arrayContaining(['both before', 'one alone', 'none']));
}, 300_000);

test('what a newer run had sent is not repeated', async () => {
  const [older, newer] = [await known(), await known()];
  expect(await sendAndFinish(newer, 0)).toHaveLength(1);
  expect(await db.enrollment.findUnique({ where: { id: newer.enrollmentId } })).toMatchObject({ status: 'finished' });
  await merge(older, newer);
  expect(await send(older)).toEqual([]);
  expect(await db.send.findFirst({ where: { enrollmentId: older.enrollmentId } })).toMatchObject({
    state: 'suppressed',
    reason: 'already-sent',
  });
});

/** Known by a user id and an address of their own, in the same journey as the other. */
async function known(): Promise<Somebody> {
  const who = await somebody(db, 'clicks');
  const { contactId, email } = who;
  await db.contactIdentity.createMany({
    data: [
      { kind: 'user', value: contactId, contactId },
      { kind: 'email', value: email, contactId },
    ],
  });
  return who;
}

async function race(index: number): Promise<Raced> {
  const people = await Promise.all(Array.from({ length: index % 3 === 1 ? 3 : 2 }, known));
  const [stays, goes, third] = people;
  if (!stays || !goes) throw new Error('two at least');
  const told = await eventOf(goes, index);
  // Each is let ahead of the others by up to some round trips.
  const tosses = Array.from({ length: 7 }, (_, i) => Math.floor((((index * (i + 3) * 7919) % 97) / 97) * 14));
  const begun: Begun[] = [];
  await Promise.all([
    after(tosses[0], () => merge(stays, goes)),
    after(tosses[1], async () => void begun.push(...(await send(stays)))),
    after(tosses[2], async () => void begun.push(...(await sendAndFinish(goes, index)))),
    after(tosses[3], () => optOut(index % 3 === 0 ? stays : goes, index)),
    after(tosses[4], () => wait(goes)),
    after(tosses[5], () => event(told)),
    after(tosses[6], async () => void (third && (await merge(goes, third)))),
  ]);
  await pumped();
  const broken = [
    ...(await orphansOf(people.slice(1))),
    ...(await strayKeys(told, stays)),
    ...(await lostOptOut(people, index)),
    ...(await openRuns(stays, people)),
    ...(await doubled(begun, goes)),
    ...(await calledAfterOptOut(begun)),
  ];
  return { broken, how: begun.length === 2 ? 'both before' : begun.length === 1 ? 'one alone' : 'none' };
}

/** What somebody's events may say of them: keys that all are theirs then. */
async function eventOf({ contactId, email }: Somebody, index: number): Promise<string[]> {
  const visitor = `anonymous:${v7()}`;
  const said =
    [
      [`user:${contactId}`],
      [`user:${v7()}`, `email:${email}`],
      [visitor, `email:${email}`],
      [`user:${contactId}`, visitor],
    ][Math.floor(index / 2) % 4] ?? [];
  // A visitor of before, to be joined; or one whom nobody has seen.
  if (index % 4 >= 2 && said.includes(visitor)) await event([visitor]);
  return said;
}

/** On a busy machine a lock may be waited for too long: as everybody does, ask again. */
async function after<T>(roundTrips: number | undefined, act: () => Promise<T>): Promise<T> {
  for (let i = 0; i < (roundTrips ?? 0); i += 1) await db.$queryRaw`select 1`;
  for (let tries = 1; ; tries += 1) {
    try {
      return await act();
    } catch (error) {
      if (!isDatabaseAway(error) || tries === 5) throw error;
    }
  }
}

async function merge(stays: Somebody, goes: Somebody): Promise<void> {
  const of = { by: 'hand' as const, reason: '', requestedBy: null, at: new Date() };
  await mergeContacts(db, { stays: stays.contactId, goes: goes.contactId, ...of });
}

interface Begun {
  who: Somebody;
  address: string;
  xid: string;
}

async function send(who: Somebody): Promise<Begun[]> {
  const request: EffectRequest = {
    enrollmentId: who.enrollmentId,
    visit: 1,
    stepId: 'mail',
    closes: null,
    now: Date.now(),
  };
  const attempt = anAttempt();
  // As the activity does: what changed since the claim is claimed again.
  for (let tries = 0; tries < 5; tries += 1) {
    const claimed = await claimBy(db, request, attempt);
    if (claimed.kind !== 'go') return [];
    const { answer, xid } = await beginBy(db, request, attempt);
    if (answer.kind === 'go') return [{ who, address: answer.message.to, xid }];
    if (answer.kind !== 'again') return [];
  }
  return [];
}

/** Some runs are over as soon as they have sent. */
async function sendAndFinish(who: Somebody, index: number): Promise<Begun[]> {
  const begun = await send(who);
  if (begun.length === 0 || index % 5 > 2) return begun;
  const at = { visit: 2, stepId: 'end', closes: { visit: 1, outcome: 'done' as const } };
  const request = { enrollmentId: who.enrollmentId, now: Date.now(), at };
  await underLock(depsOf(db), askedBy(request), (tx, context) => finish(tx, context, request));
  return begun;
}

/** Half of the races have none. */
async function optOut({ token }: Somebody, index: number): Promise<void> {
  const from = index % 4 === 0 ? 'topic' : 'all';
  if (index % 2 === 0) await unsubscribe(db, token, { from, oneClick: true, at: new Date() });
}

/** Another run begins, and arrives at a wait meanwhile. Each may be tried again by itself. */
async function wait({ contactId }: Somebody): Promise<void> {
  const asked = { contactId, journeyKey: 'two-waits', entryKey: null, properties: {}, at: new Date() };
  const entered = await after(0, () => enrollContact(db, asked));
  if (entered.kind !== 'entered') throw new Error(`not entered: ${JSON.stringify(entered)}`);
  const { enrollmentId } = entered;
  await after(0, () => arriveBy(db, { enrollmentId, visit: 1, stepId: 'one', closes: null, now: Date.now() }));
}

async function event(keys: string[]): Promise<void> {
  const of = {
    origin: 'test',
    messageId: v7(),
    type: 'a',
    properties: {},
    traits: {},
    context: {},
    fromBrowser: false,
  };
  await insertEvents(db, [{ ...of, keys, occurredAt: new Date() }]);
  await pumped();
}

let pumping: Promise<unknown> = Promise.resolve();
function pumped(): Promise<unknown> {
  pumping = pumping.then(() => pump.once());
  return pumping;
}

async function orphansOf(gone: readonly Somebody[]): Promise<string[]> {
  const ids = gone.map(({ contactId }) => contactId);
  const looks = (await uuidColumns(db)).map(({ table, column }) => {
    const [name, of, by] = [
      Prisma.raw(`"${table}"`),
      Prisma.raw(`"${column}"`),
      `${table}.${column} names who was joined`,
    ];
    return Prisma.sql`select ${by}::text as what from ${name} where ${of} = any(${ids}::uuid[])`;
  });
  const rows = await db.$queryRaw<{ what: string }[]>(Prisma.join(looks, ' union all '));
  return rows.map(({ what }) => what);
}

/** Whoever's key it was, it is the person's; also of a visitor who was joined with one of them. */
async function strayKeys(keys: readonly string[], { contactId }: Somebody): Promise<string[]> {
  const of = keys.map((key) => ({ kind: key.split(':', 1)[0] ?? '', value: key.slice(key.indexOf(':') + 1) }));
  const rows = await db.contactIdentity.findMany({ where: { OR: of } });
  return rows.length === keys.length && rows.every((row) => row.contactId === contactId)
    ? []
    : [`not all of ${keys.map((key) => key.split(':', 1)[0]).join(', ')} are the person's`];
}

async function lostOptOut(people: Somebody[], index: number): Promise<string[]> {
  if (index % 2 === 1) return [];
  const hashes = people.map(({ email }) => addressHash(email));
  const found = await db.suppression.findMany({ where: { addressHash: { in: hashes } }, distinct: ['addressHash'] });
  return found.length < people.length ? [`an opt-out is missing at ${people.length - found.length} addresses`] : [];
}

/** One at most under their key, none only where the older one was over. */
async function openRuns({ contactId }: Somebody, people: readonly Somebody[]): Promise<string[]> {
  const runs = await db.enrollment.findMany({ where: { contactId, journeyKey: 'clicks' } });
  const own = runs.filter(({ entryKey }) => entryKey === '');
  const going = own.filter(({ status }) => status !== 'finished');
  const isOver = own.some(({ status }) => status === 'finished');
  return runs.length === people.length && (going.length === 1 || (isOver && going.length === 0))
    ? []
    : [`${runs.length} runs, ${going.length} of them open under their key`];
}

/** Once the two are one, what either run has sent is not sent again. */
async function doubled(begun: readonly Begun[], { contactId }: Somebody): Promise<string[]> {
  if (begun.length < 2) return [];
  const xids = begun.map(({ xid }) => xid);
  const [row] = await db.$queryRaw<{ double: boolean }[]>`
    select bool_or(pg_xact_commit_timestamp(x::xid) > pg_xact_commit_timestamp(m.xmin)) as double
    from unnest(${xids}::text[]) x, contact_merge m where m.from_id = ${contactId}::uuid`;
  return row?.double === false ? [] : ['two mails of one step, the later one begun after the merge'];
}

async function calledAfterOptOut(begun: readonly Begun[]): Promise<string[]> {
  const late: string[] = [];
  for (const { xid, address } of begun) {
    const [row] = await db.$queryRaw<{ broken: boolean | null }[]>`
      select bool_or(pg_xact_commit_timestamp(${xid}::xid) > pg_xact_commit_timestamp(xmin)) as broken
      from suppression where address_hash = ${addressHash(address)}`;
    if (row?.broken === true) late.push('a call was begun after an opt-out of its person');
  }
  return late;
}

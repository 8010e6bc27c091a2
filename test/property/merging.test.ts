import pino from 'pino';
import { v7 } from 'uuid';
import { Pump } from '../../activities/pump/pump';
import { addressHash } from '../../prisma/address';
import { createDb, type Db } from '../../prisma/client';
import { isDatabaseAway } from '../../prisma/database-away';
import { Prisma } from '../../prisma/generated/client';
import { enrollContact } from '../../prisma/stores/enroll';
import { insertEvents } from '../../prisma/stores/events';
import { mergeContacts } from '../../prisma/stores/merging/merge';
import { tablesOfContacts } from '../../prisma/stores/merging/tables';
import { unsubscribe } from '../../prisma/stores/unsubscribe';
import type { EffectRequest } from '../../workflows/contract/effects';
import { uuidColumns } from '../support/contact-columns';
import { freshDatabase, type TestDatabase } from '../support/database';
import { versionIdOf } from './support/journeys';
import { anAttempt, arriveBy, beginBy, claimBy, publishAll, somebody, type Somebody } from './support/people';

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
  const [stays, goes] = [await known(), await known()];
  // Each is let ahead of the others by up to some round trips.
  const tosses = Array.from({ length: 6 }, (_, i) => Math.floor((((index * (i + 3) * 7919) % 97) / 97) * 14));
  const begun: Begun[] = [];
  await Promise.all([
    after(tosses[0], () => merge(stays, goes)),
    after(tosses[1], async () => void begun.push(...(await send(stays)))),
    after(tosses[2], async () => void begun.push(...(await send(goes)))),
    after(tosses[3], () => optOut(index % 3 === 0 ? stays : goes, index)),
    after(tosses[4], () => wait(goes)),
    after(tosses[5], () => event(goes)),
  ]);
  await pumped();
  const broken = [
    ...(await orphansOf(goes)),
    ...(await lostOptOut([stays, goes], index)),
    ...(await openRuns(stays)),
    ...(await doubled(begun, goes)),
    ...(await calledAfterOptOut(begun)),
  ];
  return { broken, how: begun.length === 2 ? 'both before' : begun.length === 1 ? 'one alone' : 'none' };
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

/** Half of the races have none. */
async function optOut({ token }: Somebody, index: number): Promise<void> {
  if (index % 2 === 0) await unsubscribe(db, token, { from: 'topic', oneClick: true, at: new Date() });
}

/** Another run begins, and arrives at a wait meanwhile. */
async function wait({ contactId }: Somebody): Promise<void> {
  const asked = { contactId, journeyKey: 'two-waits', entryKey: null, properties: {}, at: new Date() };
  const entered = await enrollContact(db, asked);
  if (entered.kind !== 'entered') throw new Error(`not entered: ${entered.kind}`);
  const { enrollmentId } = entered;
  await arriveBy(db, { enrollmentId, visit: 1, stepId: 'one', closes: null, now: Date.now() });
}

async function event({ contactId }: Somebody): Promise<void> {
  const of = {
    origin: 'test',
    messageId: v7(),
    type: 'a',
    properties: {},
    traits: {},
    context: {},
    fromBrowser: false,
  };
  await insertEvents(db, [{ ...of, keys: [`user:${contactId}`], occurredAt: new Date() }]);
  await pumped();
}

let pumping: Promise<unknown> = Promise.resolve();
function pumped(): Promise<unknown> {
  pumping = pumping.then(() => pump.once());
  return pumping;
}

async function orphansOf({ contactId }: Somebody): Promise<string[]> {
  const looks = (await uuidColumns(db)).map(({ table, column }) => {
    const [name, of, by] = [
      Prisma.raw(`"${table}"`),
      Prisma.raw(`"${column}"`),
      `${table}.${column} names who was joined`,
    ];
    return Prisma.sql`select ${by}::text as what from ${name} where ${of} = ${contactId}::uuid`;
  });
  const rows = await db.$queryRaw<{ what: string }[]>(Prisma.join(looks, ' union all '));
  return rows.map(({ what }) => what);
}

async function lostOptOut(both: Somebody[], index: number): Promise<string[]> {
  if (index % 2 === 1) return [];
  const found = await db.suppression.findMany({
    where: { addressHash: { in: both.map(({ email }) => addressHash(email)) } },
  });
  return found.length < 2 ? [`an opt-out is missing at one of two addresses: ${found.length}`] : [];
}

async function openRuns({ contactId }: Somebody): Promise<string[]> {
  const open = await db.enrollment.findMany({
    where: { contactId, journeyKey: 'clicks', status: { not: 'finished' } },
  });
  const going = open.filter(({ entryKey }) => entryKey === '');
  return open.length === 2 && going.length === 1
    ? []
    : [`${open.length} runs, ${going.length} of them under their key`];
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

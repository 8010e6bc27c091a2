import { v7 } from 'uuid';
import { createSendEmail } from '../../activities/send-email';
import { createDb, type Db } from '../../prisma/client';
import { isDatabaseAway } from '../../prisma/database-away';
import { saveBody } from '../../prisma/stores/effects/send/body';
import { defaultSettings, type Settings } from '../../prisma/stores/settings';
import type { EffectRequest, SendAnswer } from '../../workflows/contract/effects';
import { compileJourney } from '../../workflows/journeys/compile-journey';
import { freshDatabase, type TestDatabase } from '../support/database';

const JOURNEYS = 10;
const CONTACTS = Number(process.env.CAPS_CONTACTS ?? 500);
const AT_ONCE = 16;
const HOUR = 3_600_000;

let database: TestDatabase;
/** More connections than a worker has, so that claims of one contact do meet. */
let db: Db;

beforeAll(async () => {
  database = await freshDatabase();
  db = createDb(database.url, { poolSize: AT_ONCE });
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});
beforeEach(async () => {
  await db.$executeRaw`truncate contact, enrollment, step_visit, send, message_body, decision, event, dispatch, journey_version, wait_subscription`;
});

interface Person {
  contactId: string;
  enrollments: { id: string; priority: number }[];
}

test('10 journeys × 500 contacts: the cap holds, priorities decide', async () => {
  const people = await crowd({ contacts: CONTACTS, priorityOf: (journey) => (journey + 1) * 10 });
  const send = sender({ frequencyCaps: [{ channel: 'email', max: 2, per: '24 hours' }] });
  const now = Date.now();
  const started = performance.now();
  const first = await all(people, (id) => send(asking(id, now)));
  const tookMs = Math.round(performance.now() - started);
  const claims = JOURNEYS * CONTACTS;
  process.stdout.write(`caps: ${claims} claims in ${tookMs} ms, ${Math.round((claims * 1000) / tookMs)}/s\n`);
  expect(countOf(first, 'sent')).toBe(2 * CONTACTS);
  expect(await sentOf(people)).toEqual(people.map(() => [100, 90]));

  // Those that let others go first ask again a minute later: nothing is left today.
  const some = people.slice(0, 50);
  const again = await all(some, (id) => send(asking(id, now + 70_000)));
  expect(await sentOf(some)).toEqual(some.map(() => [100, 90]));
  expect(new Set(again.filter(isDeferred).map(({ why }) => why))).toEqual(new Set(['cap of 2 per 24 hours']));

  // A day later two places are free again, and all eight come for them at once.
  const dayLater = now + 24 * HOUR + 10 * 60_000;
  await all(some, (id) => send(asking(id, dayLater)));
  expect(await sentOf(some)).toEqual(some.map(() => [100, 90, 80, 70]));
}, 600_000);

test('of equals the first come, and no more', async () => {
  const people = await crowd({ contacts: 25, priorityOf: () => 50 });
  const send = sender({
    frequencyCaps: [
      { channel: 'email', max: 3, per: '7 days' },
      { channel: 'all', max: 4, per: '30 days' },
    ],
  });
  const answers = await all(people, (id) => send(asking(id, Date.now())));
  expect(countOf(answers, 'sent')).toBe(3 * people.length);
  expect(await sentOf(people)).toEqual(people.map(() => [50, 50, 50]));
}, 120_000);

test('a minimum gap lets one of them through', async () => {
  const people = await crowd({ contacts: 25, priorityOf: (journey) => journey });
  const send = sender({ minimumGap: '12 hours' });
  const answers = await all(people, (id) => send(asking(id, Date.now())));
  expect(countOf(answers, 'sent')).toBe(people.length);
}, 120_000);

test('a message that may be skipped is, with the cap named', async () => {
  const people = await crowd({ contacts: 20, priorityOf: () => 50, more: ', ifCapped: skip' });
  const send = sender({ frequencyCaps: [{ channel: 'email', max: 1, per: '24 hours' }] });
  const answers = await all(people, (id) => send(asking(id, Date.now())));
  expect(answers.every(({ kind }) => kind === 'sent')).toBe(true);
  expect(await db.send.groupBy({ by: ['state', 'reason'], _count: true, orderBy: { state: 'asc' } })).toEqual([
    { state: 'accepted', reason: null, _count: 20 },
    { state: 'suppressed', reason: 'cap of 1 per 24 hours: skipped', _count: 180 },
  ]);
  const decisions = await db.decision.findMany({ where: { kind: 'send', outcome: 'suppressed' } });
  expect(decisions).toHaveLength(180);
  expect(
    decisions.every(
      ({ inputs }) => JSON.stringify(inputs).includes('"counted": 1') || JSON.stringify(inputs).includes('"counted":1'),
    ),
  ).toBe(true);
}, 120_000);

test('who yields says to whom, and for an hour at most', async () => {
  const [person] = await crowd({ contacts: 1, journeys: 2, priorityOf: (journey) => (journey + 1) * 10 });
  const [low, high] = person?.enrollments ?? [];
  const send = sender({ frequencyCaps: [{ channel: 'email', max: 1, per: '24 hours' }] });
  const now = Date.now();
  const yielded = await send(asking(low!.id, now));
  expect(yielded).toMatchObject({ kind: 'deferred', why: 'priority: cap-1 goes first' });
  const decision = await db.decision.findFirstOrThrow({ where: { enrollmentId: low!.id, kind: 'send' } });
  expect(decision.inputs).toMatchObject({
    caps: [{ cap: 'cap of 1 per 24 hours', counted: 0 }],
    higherPriority: [{ enrollmentId: high!.id, journey: 'cap-1', priority: 20 }],
  });
  expect(await send(asking(low!.id, now + 59 * 60_000))).toMatchObject({ kind: 'deferred' });
  expect(await send(asking(low!.id, now + 62 * 60_000))).toMatchObject({ kind: 'sent' });
});

test('who is held is not waited for', async () => {
  const [person] = await crowd({ contacts: 1, journeys: 2, priorityOf: (journey) => (journey + 1) * 10 });
  const [low, high] = person?.enrollments ?? [];
  await db.enrollment.update({ where: { id: high!.id }, data: { status: 'held' } });
  const send = sender({ frequencyCaps: [{ channel: 'email', max: 1, per: '24 hours' }] });
  expect(await send(asking(low!.id, Date.now()))).toMatchObject({ kind: 'sent' });
});

interface CrowdOptions {
  contacts: number;
  journeys?: number;
  priorityOf: (journey: number) => number;
  /** Said of the mail besides. */
  more?: string;
}

/** Everybody is in all journeys, just entered, and the first step of each is a mail. */
async function crowd({ contacts, journeys = JOURNEYS, priorityOf, more = '' }: CrowdOptions): Promise<Person[]> {
  const versions = Array.from({ length: journeys }, (_, index) => {
    const key = `cap-${index}`;
    return { id: v7(), key, priority: priorityOf(index), graph: graphOf(key, priorityOf(index), more) };
  });
  await db.journeyVersion.createMany({
    data: versions.map(({ id, key, graph }) => {
      return { id, journeyKey: key, number: 1, source: '', document: {}, sha256: '', graph: JSON.parse(graph) };
    }),
  });
  const people = Array.from({ length: contacts }, () => ({
    contactId: v7(),
    enrollments: versions.map(({ priority, key, id }) => ({ id: v7(), priority, journeyKey: key, versionId: id })),
  }));
  await db.contact.createMany({ data: people.map(({ contactId: id }) => ({ id, email: `${id}@example.test` })) });
  const position = { n: 1, entryTurn: 0n, enteredAt: new Date(), started: true, fastForwarded: true };
  await db.enrollment.createMany({
    data: people.flatMap(({ contactId, enrollments }) =>
      enrollments.map(({ id, journeyKey, versionId }) => ({ id, journeyKey, versionId, contactId, ...position })),
    ),
  });
  return people;
}

function graphOf(key: string, priority: number, more: string): string {
  const text = `journey: ${key}
name: ${key}
explain: One mail and a rest.
topic: education
stage: awareness
responsible: tests
review: 90 days
priority: ${priority}
entry: []
steps:
  - { id: mail, kind: email, template: plain${more} }
  - { id: rest, kind: wait, for: 30 days }
  - { id: done, kind: exit, outcome: completed }
`;
  const compiled = compileJourney(text, { templates: null, topics: null });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return JSON.stringify(compiled.graph);
}

/** The real sending activity, with these settings and a provider that takes everything. */
function sender(settings: Partial<Settings>): (request: EffectRequest) => Promise<SendAnswer> {
  const body = {
    from: { email: '', name: '' },
    subject: '',
    html: '',
    text: '',
    headers: {},
    payload: null,
    sha256: '',
  };
  return createSendEmail({
    db,
    settings: async () => ({ ...defaultSettings, ...settings }),
    compose: (sendId) => saveBody(db, { sendId, ...body }),
    transport: { name: 'test', idempotent: true, send: async () => ({ kind: 'accepted', providerMessageId: null }) },
    graceMs: 60_000,
  });
}

function asking(enrollmentId: string, now: number): EffectRequest {
  return { enrollmentId, visit: 1, stepId: 'mail', closes: null, now };
}

/** As many at a time as there are connections; those of one contact follow each other in a mixed order, so they meet. */
async function all(
  people: readonly Person[],
  send: (enrollmentId: string) => Promise<SendAnswer>,
): Promise<SendAnswer[]> {
  const waiting = people.flatMap(({ enrollments }) => [...enrollments].sort((a, b) => mixed(a.id) - mixed(b.id)));
  const answers: SendAnswer[] = [];
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) answers.push(await untilDone(() => send(next.id)));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return answers;
}

/** As a worker does: waiting too long for a lock is load, and the activity is tried again. */
async function untilDone<T>(effect: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await effect();
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
    }
  }
}

function mixed(id: string): number {
  return Number.parseInt(id.slice(-6), 16);
}

/** Priorities of the journeys whose mail each person got, highest first. */
async function sentOf(people: readonly Person[]): Promise<number[][]> {
  const rows = await db.send.findMany({ where: { state: 'accepted' }, select: { enrollmentId: true } });
  const sent = new Set(rows.map(({ enrollmentId }) => enrollmentId));
  return people.map(({ enrollments }) =>
    enrollments
      .filter(({ id }) => sent.has(id))
      .map(({ priority }) => priority)
      .sort((a, b) => b - a),
  );
}

function countOf(answers: readonly SendAnswer[], kind: SendAnswer['kind']): number {
  return answers.filter((answer) => answer.kind === kind).length;
}

function isDeferred(answer: SendAnswer): answer is Extract<SendAnswer, { kind: 'deferred' }> {
  return answer.kind === 'deferred';
}

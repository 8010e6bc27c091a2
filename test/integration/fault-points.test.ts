import { v7 } from 'uuid';
import { captureTransport } from '../../activities/providers/mail/capture';
import { sendgridTransport } from '../../activities/providers/mail/sendgrid';
import type { MailTransport } from '../../activities/providers/mail/transport';
import type { Overrides } from '../../activities/run-worker';
import { inTransaction, type Db } from '../../prisma/client';
import { applyMailFact } from '../../prisma/stores/mail-facts';
import { startFakeSendGrid, type FakeSendGrid } from '../support/fake-sendgrid';
import { plannedDeaths, protocolPoints, stallAt } from '../support/faults';
import { publishedJourney } from '../support/journeys';
import { poll } from '../support/poll';
import { aPerson, ledger, sendFirst, standsAt, states, twoMails, type Person } from '../support/sending';
import { startWorld, type World } from '../support/world';

const GRACE_MS = 300;
const deaths = plannedDeaths();
let world: World;
let versionId: string;
let transport: MailTransport;

async function open(make: (db: Db) => MailTransport, more: Overrides = {}): Promise<void> {
  const overrides = { graceMs: GRACE_MS, reached: deaths.reached, ...more };
  world = await startWorld({ overrides: { ...overrides, transport: (db) => (transport = make(db)) } });
  versionId = await publishedJourney(world.db, twoMails);
}

/** The worker dies at `point` of the first mail; the journey is followed until both mails are behind it. */
async function withDeath(point: (typeof protocolPoints)[number]): Promise<Person> {
  const person = await aPerson(world, versionId);
  deaths.die(person.id, point);
  await standsAt(await world.start(person.id), 'rest');
  return person;
}

/** An attempt stands still at `point`, another one does the work, then the first goes on. */
async function withGhost(point: (typeof protocolPoints)[number]): Promise<Person> {
  const person = await aPerson(world, versionId);
  const { reached, there, release } = stallAt(point);
  const ghost = sendFirst(world, person, { transport, graceMs: GRACE_MS, reached });
  await there;
  await standsAt(await world.start(person.id), 'rest');
  release();
  await ghost;
  return person;
}

describe('a transport that knows what it has sent', () => {
  beforeAll(() => open((db) => captureTransport(db)), 60_000);
  afterAll(() => world.stop());

  const subjects = async ({ email }: Person) =>
    (await world.db.outbox.findMany({ where: { to: email }, orderBy: { createdAt: 'asc' } })).map(
      (mail) => mail.subject,
    );

  test.each(protocolPoints)('%s: who dies is followed, one mail each', async (point) => {
    const person = await withDeath(point);
    expect(await states(world, person)).toEqual(['accepted', 'accepted']);
    expect(await subjects(person)).toEqual(['one', 'two']);
  });

  test.each(protocolPoints)('%s: a late copy sends nothing more', async (point) => {
    const person = await withGhost(point);
    expect(await states(world, person)).toEqual(['accepted', 'accepted']);
    expect(await subjects(person)).toEqual(['one', 'two']);
  });
});

describe('a transport that forgets', () => {
  let fake: FakeSendGrid;
  beforeAll(async () => {
    fake = await startFakeSendGrid();
    await open(() => sendgridTransport({ apiKey: fake.apiKey, baseUrl: fake.url, timeoutMs: 500 }));
  }, 60_000);
  afterAll(async () => {
    await world.stop();
    await fake.stop();
  });

  /** Subjects of what was taken, one for each delivery. */
  const taken = ({ email }: Person) => fake.inbox.filter(({ to }) => to === email).map(({ subject }) => subject);
  const started = async () => {
    const person = await aPerson(world, versionId);
    return { person, handle: await world.start(person.id) };
  };

  test.each([
    ['before-claim', 'accepted', ['one', 'two']],
    ['claimed', 'accepted', ['one', 'two']],
    ['composed', 'accepted', ['one', 'two']],
    ['begun', 'unknown', ['two']],
    ['called', 'unknown', ['one', 'two']],
    ['settled', 'accepted', ['one', 'two']],
  ] as const)('%s: who dies leaves the mail %s', async (point, state, mails) => {
    const person = await withDeath(point);
    expect(await states(world, person)).toEqual([state, 'accepted']);
    expect(taken(person)).toEqual(mails);
  });

  test.each(protocolPoints)('%s: a late copy delivers nothing twice', async (point) => {
    const person = await withGhost(point);
    // Whoever called, and when: its answer proves that the mail was taken.
    expect(await states(world, person)).toEqual(['accepted', 'accepted']);
    expect(taken(person).sort()).toEqual(['one', 'two']);
  });

  test('an answer lost after taking stays unknown', async () => {
    fake.script({ kind: 'accept-then-reset' });
    const { person, handle } = await started();
    await standsAt(handle, 'rest');
    expect(await states(world, person)).toEqual(['unknown', 'accepted']);
    expect(taken(person)).toEqual(['one', 'two']);
  });

  test.each([
    ['a hang', { kind: 'hang' }],
    ['a server error', { kind: 'refuse', status: 500 }],
    ['a cut connection', { kind: 'reset' }],
  ] as const)('%s stays unknown, the journey goes on', async (_, script) => {
    fake.script(script);
    const { person, handle } = await started();
    await standsAt(handle, 'rest');
    expect(await states(world, person)).toEqual(['unknown', 'accepted']);
    expect(taken(person)).toEqual(['two']);
  });

  test('too many requests wait for the reset', async () => {
    const resetSeconds = Math.ceil(Date.now() / 1_000) + 1;
    fake.script({ kind: 'too-many', resetSeconds });
    const { person, handle } = await started();
    await standsAt(handle, 'first', 'deferred');
    expect(await states(world, person)).toEqual(['retryable']);
    await standsAt(handle, 'rest');
    expect(Date.now()).toBeGreaterThanOrEqual(resetSeconds * 1_000);
    expect(await states(world, person)).toEqual(['accepted', 'accepted']);
    expect(taken(person)).toEqual(['one', 'two']);
  });

  test('a refused mail needs a person', async () => {
    fake.script({ kind: 'refuse', status: 400 });
    const { person, handle } = await started();
    await standsAt(handle, 'first', 'needs-attention');
    expect(await states(world, person)).toEqual(['rejected']);
    const { status, attention } = await world.db.enrollment.findUniqueOrThrow({ where: { id: person.id } });
    expect({ status, attention }).toMatchObject({
      status: 'needs_attention',
      attention: { code: 'send-rejected', detail: 'refused (400): from.email' },
    });
    expect(taken(person)).toEqual([]);
    await handle.cancel();
  });

  test('a refused key makes others wait, unburnt', async () => {
    fake.script({ kind: 'refuse', status: 401 });
    const first = await started();
    await standsAt(first.handle, 'first', 'deferred');
    const second = await started();
    await standsAt(second.handle, 'first', 'deferred');
    const calls = fake.calls;
    expect(await states(world, first.person)).toEqual(['retryable']);
    expect(await states(world, second.person)).toEqual(['deferred']);
    expect(await world.db.circuit.findMany()).toMatchObject([
      { transport: 'sendgrid', reason: 'key or sender refused (401)' },
    ]);
    // The key works again: as when its five minutes are over, somebody tries, and everybody follows.
    await world.db.circuit.deleteMany();
    for (const { handle, person } of [first, second]) {
      await world.knock(person.id, 1);
      await standsAt(handle, 'rest');
      expect(await states(world, person)).toEqual(['accepted', 'accepted']);
      expect(taken(person)).toEqual(['one', 'two']);
    }
    expect(fake.calls).toBe(calls + 4);
  });

  test('only a later call proves the circuit closed', async () => {
    const { db } = world;
    const [before, after] = [await aPerson(world, versionId), await aPerson(world, versionId)];
    const { reached, there, release } = stallAt('begun');
    const calling = sendFirst(world, before, { transport, graceMs: GRACE_MS, reached });
    await there;
    await refusedFor(db, 300_000);
    release();
    expect(await calling).toMatchObject({ kind: 'sent' });
    expect(await db.circuit.count()).toBe(1);
    await refusedFor(db, 0); // five minutes later
    const sent = await sendFirst(world, after, { transport, graceMs: GRACE_MS, reached: undefined });
    expect(sent).toMatchObject({ kind: 'sent' });
    expect(await db.circuit.count()).toBe(0);
  });

  test('a closing circuit brings some at once', async () => {
    const { db } = world;
    const waiting = await manyDeferred(world, 203);
    await refusedFor(db, 0);
    const person = await aPerson(world, versionId);
    await sendFirst(world, person, { transport, graceMs: GRACE_MS, reached: undefined });
    const mine = { kind: 'wake', enrollmentId: { in: waiting } };
    const woken = await db.dispatch.findMany({ where: mine, orderBy: { enrollmentId: 'asc' } });
    expect(woken.map(({ enrollmentId }) => enrollmentId)).toEqual(waiting.slice(0, 200));
  });
});

describe('a provider that speaks later', () => {
  let fake: FakeSendGrid;
  beforeAll(async () => {
    fake = await startFakeSendGrid();
    const make = () => sendgridTransport({ apiKey: fake.apiKey, baseUrl: fake.url });
    await open(make, { graceMs: 60_000, pump: undefined });
  }, 60_000);
  afterAll(async () => {
    await world.stop();
    await fake.stop();
  });

  test('its word ends the wait for it', async () => {
    fake.script({ kind: 'accept-then-reset' });
    const person = await aPerson(world, versionId);
    const handle = await world.start(person.id);
    await standsAt(handle, 'first', 'deferred');
    const [send] = await ledger(world, person);
    expect(send?.state).toBe('unknown');
    await applyMailFact(world.db, delivered(send?.id ?? ''));
    await standsAt(handle, 'rest');
    expect(await states(world, person)).toEqual(['delivered', 'accepted']);
    expect(fake.inbox.map(({ subject }) => subject)).toEqual(['one', 'two']);
  });

  test('who finds the circuit closed brings the others', async () => {
    fake.script({ kind: 'refuse', status: 401 });
    const [first, second] = [await aPerson(world, versionId), await aPerson(world, versionId)];
    const handles = [await world.start(first.id)];
    await standsAt(handles[0]!, 'first', 'deferred');
    handles.push(await world.start(second.id));
    await standsAt(handles[1]!, 'first', 'deferred');
    await world.db.circuit.updateMany({ data: { retryAt: new Date() } }); // five minutes later
    await world.knock(second.id, 1);
    for (const handle of handles) await standsAt(handle, 'rest');
    expect(await states(world, first)).toEqual(['accepted', 'accepted']);
    expect(await states(world, second)).toEqual(['accepted', 'accepted']);
  });

  test('a circuit that closes during a claim stops nobody', async () => {
    const { db } = world;
    const retryAt = new Date(Date.now() + 300_000);
    await db.circuit.create({ data: { transport: 'sendgrid', reason: 'refused', retryAt } });
    const person = await aPerson(world, versionId);
    const handle = await inTransaction(db, async (tx) => {
      await tx.circuit.deleteMany();
      const started = await world.start(person.id);
      const waiting = () => db.$queryRaw<object[]>`
        select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      await poll('the claim to wait', async () => (await waiting()).length > 0, { timeoutMs: 4_000 });
      return started;
    });
    await standsAt(handle, 'rest');
    expect(await states(world, person)).toEqual(['accepted', 'accepted']);
  });
});

/** The transport refused us just now, and is left alone for so long. */
async function refusedFor(db: Db, ms: number): Promise<void> {
  const row = { reason: 'refused', retryAt: new Date(Date.now() + ms), createdAt: new Date() };
  await db.circuit.upsert({ where: { transport: 'sendgrid' }, create: { transport: 'sendgrid', ...row }, update: row });
}

/** Enrollments whose mails wait for the transport, in the order in which they began to. */
async function manyDeferred({ db }: World, count: number): Promise<string[]> {
  const { contactId, journeyKey } = await db.enrollment.findFirstOrThrow();
  const ids = Array.from({ length: count }, () => v7());
  const of = { contactId, journeyKey, visit: 1, stepId: 'first' };
  await db.enrollment.createMany({
    data: ids.map((id, i) => ({
      ...of,
      id,
      versionId,
      n: 1_000 + i,
      entryKey: id,
      entryTurn: 0n,
      enteredAt: new Date(),
    })),
  });
  const waits = { ...of, templateKey: 'one', state: 'deferred', reason: 'transport: refused' };
  await db.send.createMany({
    data: ids.map((id) => ({ ...waits, id, enrollmentId: id, key: `${id}/1/email`, unsubscribeToken: id })),
  });
  return ids;
}

function delivered(sendId: string): Parameters<typeof applyMailFact>[1] {
  return {
    provider: 'sendgrid',
    dedupKey: `delivered:${sendId}`,
    type: 'delivered',
    payload: {},
    sendId,
    providerMessageId: null,
    address: null,
    at: new Date(),
    state: 'delivered',
    event: null,
    optOut: null,
  };
}

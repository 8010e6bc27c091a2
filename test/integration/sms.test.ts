import { inTransaction } from '../../prisma/client';
import { suppressPhone } from '../../prisma/stores/phone-opt-outs';
import { applySmsFact } from '../../prisma/stores/sms-facts';
import {
  aReachablePerson,
  channelJourney,
  followed as follow,
  quickTransports,
  sendFirstMessage,
  type Reachable,
} from '../support/channels';
import { startFakeSms, type FakeSms } from '../support/fake-sms';
import { plannedDeaths, protocolPoints, stallAt } from '../support/faults';
import { publishedJourney } from '../support/journeys';
import { poll } from '../support/poll';
import { ledger, standsAt, states } from '../support/sending';
import { startWorld, type World } from '../support/world';

const GRACE_MS = 300;
const twoSms = channelJourney(
  'two-sms',
  `  - { id: first, kind: message, via: sms, text: "one for {{ contact.firstName }}" }
  - { id: second, kind: message, via: sms, text: two }`,
);

const deaths = plannedDeaths();
let world: World;
let sms: FakeSms;
let versionId: string;
beforeAll(async () => {
  sms = await startFakeSms();
  const overrides = { graceMs: GRACE_MS, reached: deaths.reached };
  world = await startWorld({ overrides: { ...overrides, transports: (db) => quickTransports(db, sms.url) } });
  versionId = await publishedJourney(world.db, twoSms);
}, 60_000);
afterAll(async () => {
  await world.stop();
  await sms.stop();
});

const textsTo = ({ phone }: Reachable) => sms.inbox.filter(({ to }) => to === phone).map(({ text }) => text);
const followed = (person: Reachable, stepId?: string, phase?: string) => follow(world, person, stepId, phase);

test.each([
  ['before-claim', 'accepted', ['one for Ada', 'two']],
  ['claimed', 'accepted', ['one for Ada', 'two']],
  ['composed', 'accepted', ['one for Ada', 'two']],
  ['begun', 'unknown', ['two']],
  ['called', 'unknown', ['one for Ada', 'two']],
  ['settled', 'accepted', ['one for Ada', 'two']],
] as const)('%s: who dies leaves it %s', async (point, state, texts) => {
  const person = await aReachablePerson(world, versionId);
  deaths.die(person.id, point);
  await followed(person);
  expect(await states(world, person)).toEqual([state, 'accepted']);
  expect(textsTo(person)).toEqual(texts);
});

test.each(protocolPoints)('%s: a late copy sends nothing twice', async (point) => {
  const person = await aReachablePerson(world, versionId);
  const { reached, there, release } = stallAt(point);
  const transports = quickTransports(world.db, sms.url);
  const ghost = sendFirstMessage(world, person, { transports, graceMs: GRACE_MS, reached });
  await there;
  await followed(person);
  release();
  await ghost;
  expect(await states(world, person)).toEqual(['accepted', 'accepted']);
  expect(textsTo(person).sort()).toEqual(['one for Ada', 'two']);
});

test.each([
  ['an answer lost after taking', { kind: 'accept-then-reset' }, ['one for Ada', 'two']],
  ['a hang', { kind: 'hang' }, ['two']],
  ['a server error', { kind: 'refuse', status: 500 }, ['two']],
] as const)('%s stays unknown, never called twice', async (_, fault, texts) => {
  sms.script(fault);
  const person = await aReachablePerson(world, versionId);
  const before = sms.calls;
  await followed(person);
  expect(await states(world, person)).toEqual(['unknown', 'accepted']);
  expect(sms.calls).toBe(before + 2);
  expect(textsTo(person)).toEqual(texts);
});

test('too many requests wait as told', async () => {
  sms.script({ kind: 'refuse', status: 429, headers: { 'retry-after': '1' } });
  const person = await aReachablePerson(world, versionId);
  await followed(person);
  expect(await states(world, person)).toEqual(['accepted', 'accepted']);
  expect(textsTo(person)).toEqual(['one for Ada', 'two']);
});

test('a refused number needs a person', async () => {
  sms.script({ kind: 'refuse', status: 400, body: '{"code":21211}' });
  const person = await aReachablePerson(world, versionId);
  const handle = await followed(person, 'first', 'needs-attention');
  expect(await ledger(world, person)).toMatchObject([{ state: 'rejected', reason: 'refused (400): code 21211' }]);
  await handle.cancel();
});

test('a refused account makes all wait', async () => {
  sms.script({ kind: 'refuse', status: 401 });
  const person = await aReachablePerson(world, versionId);
  const handle = await followed(person, 'first', 'deferred');
  expect(await world.db.circuit.findMany()).toMatchObject([
    { transport: 'twilio', reason: 'account or token refused (401)' },
  ]);
  await world.db.circuit.deleteMany();
  await world.knock(person.id, 1);
  await standsAt(handle, 'rest');
  expect(textsTo(person)).toEqual(['one for Ada', 'two']);
});

test.each([
  ['no phone', { phone: null }, 'no-phone'],
  ['a number without its country', { phone: '0151 2345678' }, 'invalid-address'],
])('%s suppresses it, the journey goes on', async (_, fields, reason) => {
  const person = await aReachablePerson(world, versionId, fields);
  await followed(person);
  expect(await ledger(world, person)).toMatchObject([
    { state: 'suppressed', reason, channel: 'sms', key: `${person.id}/1/sms` },
    { state: 'suppressed', reason },
  ]);
  const decision = await world.db.decision.findFirstOrThrow({ where: { enrollmentId: person.id, visit: 1 } });
  expect(decision).toMatchObject({ kind: 'send', outcome: 'suppressed', reason });
  expect(textsTo(person)).toEqual([]);
});

const said = (person: Reachable, optOut: 'unsubscribed' | 'lifted', dedupKey: string) =>
  applySmsFact(world.db, {
    ...{ provider: 'twilio', dedupKey: `${person.id}/${dedupKey}`, type: 'stop', payload: {}, sendId: null },
    ...{ providerMessageId: null, phone: person.phone, at: new Date(), state: null, optOut },
    event: { type: 'message.unsubscribed', properties: { channel: 'sms' } },
  });

test('STOP bars the number, START lifts it', async () => {
  const person = await aReachablePerson(world, versionId);
  expect(await said(person, 'unsubscribed', 'a')).toBe(true);
  expect(await said(person, 'unsubscribed', 'a')).toBe(false);
  await followed(person);
  expect(await ledger(world, person)).toMatchObject([
    { state: 'suppressed', reason: 'unsubscribed (global)' },
    { state: 'suppressed' },
  ]);
  await said(person, 'lifted', 'b');
  expect(await world.db.suppression.count()).toBe(0);
});

test('no call follows a STOP', async () => {
  const person = await aReachablePerson(world, versionId);
  const { reached, there, release } = stallAt('composed');
  const transports = quickTransports(world.db, sms.url);
  const sending = sendFirstMessage(world, person, { transports, graceMs: GRACE_MS, reached });
  await there;
  await said(person, 'unsubscribed', 'c');
  release();
  expect(await sending).toEqual({ kind: 'sent', state: 'suppressed' });
  expect(textsTo(person)).toEqual([]);
  // By mail the journey may go on.
  const { leaving } = await world.db.enrollment.findUniqueOrThrow({ where: { id: person.id } });
  expect(leaving).toBeNull();
});

test('a begin that waits for a STOP sees it', async () => {
  const { db } = world;
  const person = await aReachablePerson(world, versionId);
  const { reached, there, release } = stallAt('composed');
  const transports = quickTransports(db, sms.url);
  const sending = sendFirstMessage(world, person, { transports, graceMs: GRACE_MS, reached });
  await there;
  await inTransaction(db, async (tx) => {
    await suppressPhone(tx, { phone: person.phone, reason: 'unsubscribed', source: {} });
    release();
    const waiting = () => db.$queryRaw<object[]>`
      select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await poll('the begin to wait', async () => (await waiting()).length > 0, { timeoutMs: 4_000 });
  });
  expect(await sending).toEqual({ kind: 'sent', state: 'suppressed' });
  expect(textsTo(person)).toEqual([]);
});

test('who was moved is told where they stand', async () => {
  const person = await aReachablePerson(world, versionId);
  const data = { visit: 2, stepId: 'second' };
  await world.db.enrollment.update({ where: { id: person.id }, data });
  const transports = quickTransports(world.db, sms.url);
  const answer = sendFirstMessage(world, person, { transports, graceMs: GRACE_MS, stepId: 'of-another-version' });
  expect(await answer).toMatchObject({ kind: 'behind' });
});

test('what became of it is told once', async () => {
  const person = await aReachablePerson(world, versionId);
  await followed(person);
  const [first] = await ledger(world, person);
  const fact = {
    ...{ provider: 'twilio', dedupKey: `${first?.id ?? ''}:delivered`, type: 'delivered', payload: {} },
    ...{ sendId: null, providerMessageId: first?.providerMessageId ?? '', phone: person.phone, at: new Date() },
    ...({ state: 'delivered', optOut: null } as const),
    event: { type: 'message.delivered', properties: { channel: 'sms' } },
  };
  expect([await applySmsFact(world.db, fact), await applySmsFact(world.db, fact)]).toEqual([true, false]);
  expect(await states(world, person)).toEqual(['delivered', 'accepted']);
  const events = await world.db.event.findMany({ where: { sendId: first?.id ?? '' }, orderBy: { seq: 'asc' } });
  expect(events.map(({ type }) => type)).toEqual(['message.sent', 'message.delivered']);
  expect(sms.inbox.at(-2)?.statusCallback).toBe(`http://127.0.0.1:3000/webhooks/sms?send=${first?.id ?? ''}`);
});

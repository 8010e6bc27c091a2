import { Webhook } from 'standardwebhooks';
import { addressHash } from '../../prisma/address';
import { putEndpoint } from '../../prisma/stores/endpoints';
import { inTransaction } from '../../prisma/client';
import { suppressPhone } from '../../prisma/stores/phone-opt-outs';
import { applySmsFact } from '../../prisma/stores/sms-facts';
import { patchSettings } from '../../prisma/stores/settings';
import { aReachablePerson, quickTransports, sendFirstMessage, type Reachable } from '../support/channels';
import { startFakeServer, type FakeServer } from '../support/fake-server';
import { startFakeSms, type FakeSms } from '../support/fake-sms';
import { plannedDeaths, protocolPoints, stallAt } from '../support/faults';
import { publishedJourney } from '../support/journeys';
import { poll } from '../support/poll';
import { ledger, standsAt, states } from '../support/sending';
import { startWorld, type World } from '../support/world';

const GRACE_MS = 300;
const secret = `whsec_${Buffer.from('secret of a receiver of tests').toString('base64')}`;

const head = (key: string) => `
journey: ${key}
name: ${key}
explain: Messages on other channels than mail.
topic: education
stage: awareness
responsible: tests
review: 90 days
entry: [{ event: form.submitted }]
steps:`;
const rest = `
  - { id: rest, kind: wait, for: 2 days, on: [{ event: page.viewed, next: done }] }
  - { id: done, kind: exit, outcome: completed }
`;
const twoSms = `${head('two-sms')}
  - { id: first, kind: message, via: sms, text: "one for {{ contact.firstName }}" }
  - { id: second, kind: message, via: sms, text: two }${rest}`;
const twoHooks = (key: string) => `${head(`two-${key}`)}
  - { id: first, kind: message, via: webhook, to: ${key}, with: { text: one } }
  - { id: second, kind: message, via: webhook, to: ${key}, with: { text: two } }${rest}`;

const deaths = plannedDeaths();
let world: World;
let sms: FakeSms;
let receiver: FakeServer;
beforeAll(async () => {
  [sms, receiver] = await Promise.all([
    startFakeSms(),
    startFakeServer((_call, response) => void response.writeHead(200).end()),
  ]);
  const overrides = { graceMs: GRACE_MS, reached: deaths.reached };
  world = await startWorld({ overrides: { ...overrides, transports: (db) => quickTransports(db, sms.url) } });
  const { db } = world;
  const secrets = () => [secret];
  const webhook = { kind: 'webhook', secrets, expected: null } as const;
  await putEndpoint(db, 'plain', { ...webhook, url: `${receiver.url}/plain`, idempotent: false });
  await putEndpoint(db, 'careful', { ...webhook, url: `${receiver.url}/careful`, idempotent: true });
  await putEndpoint(db, 'captured', { ...webhook, url: 'capture:', idempotent: false });
  const chat = { kind: 'chat', secrets: () => [], expected: null, idempotent: false } as const;
  await putEndpoint(db, 'sales-chat', { ...chat, url: `${receiver.url}/chat` });
  await patchSettings(
    db,
    {
      reps: [{ key: 'rita', name: 'Rita', email: 'rita@example.test', meetingUrl: 'https://meet.example.com/rita' }],
      teams: [{ key: 'sales', name: 'Sales', email: 'sales@example.test', chat: 'sales-chat' }],
      senders: [
        { key: 'news', name: 'News', email: 'news@example.test', verified: true },
        { key: 'old', name: 'Old', email: 'old@example.test', verified: false },
      ],
    },
    null,
  );
}, 60_000);
afterAll(async () => {
  await world.stop();
  await Promise.all([sms.stop(), receiver.stop()]);
});

const textsTo = ({ phone }: Reachable) => sms.inbox.filter(({ to }) => to === phone).map(({ text }) => text);
/** Texts of the webhooks about somebody, with their ids. */
const hooksOf = ({ contactId }: Reachable) =>
  receiver.taken.flatMap(({ headers, body }) => {
    const { data } = JSON.parse(body) as { data?: { contactId: string; with: { text: string } } };
    return data?.contactId === contactId ? [{ id: headers['webhook-id'], text: data.with.text }] : [];
  });

async function followed(person: Reachable, stepId = 'rest', phase?: string) {
  const handle = await world.start(person.id);
  await standsAt(handle, stepId, phase);
  return handle;
}

describe('SMS, whose provider forgets', () => {
  let versionId: string;
  beforeAll(async () => void (versionId = await publishedJourney(world.db, twoSms)));

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
});

describe('webhooks', () => {
  const versions: Record<string, string> = {};
  beforeAll(async () => {
    for (const key of ['plain', 'careful']) versions[key] = await publishedJourney(world.db, twoHooks(key));
  });
  const aPersonOn = (key: string) => aReachablePerson(world, versions[key] ?? '');

  test.each([
    ['begun', 'unknown', ['two']],
    ['called', 'unknown', ['one', 'two']],
    ['settled', 'accepted', ['one', 'two']],
  ] as const)('%s: who dies leaves a plain one %s', async (point, state, texts) => {
    const person = await aPersonOn('plain');
    deaths.die(person.id, point);
    await followed(person);
    expect(await states(world, person)).toEqual([state, 'accepted']);
    expect(hooksOf(person).map(({ text }) => text)).toEqual(texts);
  });

  test.each([
    ['begun', 2],
    ['called', 3],
  ] as const)('%s: one that knows ids is called again', async (point, calls) => {
    const person = await aPersonOn('careful');
    deaths.die(person.id, point);
    await followed(person);
    expect(await states(world, person)).toEqual(['accepted', 'accepted']);
    const found = hooksOf(person);
    expect(found.map(({ text }) => text).slice(-2)).toEqual(['one', 'two']);
    expect([found.length, new Set(found.map(({ id }) => id)).size]).toEqual([calls, 2]);
  });

  test('an error of a plain one stays unknown', async () => {
    receiver.script({ kind: 'refuse', status: 500 });
    const person = await aPersonOn('plain');
    await followed(person);
    expect(await states(world, person)).toEqual(['unknown', 'accepted']);
  });

  test('receivers verify what they get', async () => {
    const person = await aPersonOn('plain');
    await followed(person);
    const [send] = await ledger(world, person);
    const call = receiver.taken.find(({ headers }) => headers['webhook-id'] === send?.id);
    expect(new Webhook(secret).verify(call?.body ?? '', call?.headers ?? {})).toMatchObject({
      type: 'contact.message',
      data: { contactId: person.contactId, stepId: 'first', contact: { firstName: 'Ada', email: person.email } },
    });
    expect(call?.path).toBe('/plain');
  });

  test('one that is gone makes the others wait', async () => {
    receiver.script({ kind: 'refuse', status: 410 });
    const person = await aPersonOn('plain');
    const handle = await followed(person, 'first', 'deferred');
    expect(await world.db.circuit.findMany()).toMatchObject([{ transport: 'endpoint:plain' }]);
    // Another endpoint is none of its business.
    await followed(await aPersonOn('careful'));
    await world.db.circuit.deleteMany();
    await world.knock(person.id, 1);
    await standsAt(handle, 'rest');
  });

  test('who opted out of mail is not advertised to', async () => {
    const add = `${head('audience')}
  - { id: first, kind: message, via: webhook, to: captured, preset: audience-add, with: { audience: dormant } }
  - { id: second, kind: message, via: webhook, to: captured, preset: audience-remove, with: { audience: dormant } }${rest}`;
    const person = await aReachablePerson(world, await publishedJourney(world.db, add));
    const hash = addressHash(person.email);
    await world.db.suppression.create({ data: { addressHash: hash, scope: 'global', reason: 'unsubscribed' } });
    await followed(person);
    expect(await ledger(world, person)).toMatchObject([
      { state: 'suppressed', reason: 'unsubscribed (global)' },
      { state: 'accepted' },
    ]);
    const kept = await world.db.outbox.findMany({ where: { channel: 'webhook' } });
    expect(kept.map(({ payload }) => (payload as { type: string }).type)).toEqual(['audience.remove']);
    expect(JSON.stringify(kept)).not.toContain(person.email);
  });
});

describe('chat, inbox and staff', () => {
  test('an in-app message stands in the inbox once', async () => {
    const yaml = `${head('inbox')}
  - { id: first, kind: message, via: in-app, title: "Hi {{ contact.firstName }}", text: Look, url: /pricing }${rest}`;
    const person = await aReachablePerson(world, await publishedJourney(world.db, yaml));
    deaths.die(person.id, 'called');
    await followed(person);
    expect(await states(world, person)).toEqual(['accepted']);
    const inbox = await world.db.inAppMessage.findMany({ where: { contactId: person.contactId } });
    expect(inbox).toMatchObject([{ title: 'Hi Ada', text: 'Look', url: '/pricing', readAt: null }]);
  });

  const notes = `${head('notes')}
  - id: first
    kind: notify
    to: owner
    via: [email, chat, sms]
    text: "{{ contact.firstName }} has {{ contact.score.total }} points ({{ contact.score.tier }}). {{ owner.meetingUrl }}"${rest}`;

  test('staff hear of it on every channel', async () => {
    const versionId = await publishedJourney(world.db, notes);
    const person = await aReachablePerson(world, versionId, { owner: 'RITA@example.test' });
    await followed(person);
    const text = 'Ada has 0 points (none). https://meet.example.com/rita';
    expect(await ledger(world, person)).toMatchObject([
      { key: `${person.id}/1/email`, state: 'accepted', class: 'internal', address: 'rita@example.test' },
      { key: `${person.id}/1/chat`, state: 'accepted', class: 'internal', address: 'sales-chat' },
      { key: `${person.id}/1/sms`, state: 'suppressed', reason: 'nobody-to-tell' },
    ]);
    const mail = await world.db.outbox.findFirstOrThrow({ where: { to: 'rita@example.test' } });
    expect(mail).toMatchObject({ subject: text });
    expect(Object.keys(mail.headers as object).sort()).toEqual(['From', 'X-Nurture-Send-Id']);
    expect(mail.html).not.toContain('nsubscribe');
    const chat = receiver.taken.filter(({ path }) => path === '/chat').at(-1);
    expect(JSON.parse(chat?.body ?? '')).toEqual({ text });
    // It is nothing that happened to the contact.
    const about = { contactId: person.contactId, type: { in: ['email.sent', 'message.sent'] } };
    expect(await world.db.event.count({ where: about })).toBe(0);
  });

  test('a retry tells only whom it has not told', async () => {
    const versionId = await publishedJourney(world.db, notes);
    receiver.script({ kind: 'refuse', status: 400 });
    const person = await aReachablePerson(world, versionId);
    const handle = await followed(person, 'first', 'needs-attention');
    await handle.executeUpdate('retry');
    await standsAt(handle, 'rest');
    const rows = await ledger(world, person);
    expect(rows.map(({ visit, channel, state, reason }) => [visit, channel, state, reason])).toEqual([
      [1, 'email', 'accepted', null],
      [1, 'chat', 'rejected', 'refused (400)'],
      [1, 'sms', 'suppressed', 'nobody-to-tell'],
      [2, 'email', 'suppressed', 'already-sent'],
      [2, 'chat', 'accepted', null],
      [2, 'sms', 'suppressed', 'nobody-to-tell'],
    ]);
    expect(await world.db.outbox.count({ where: { to: 'sales@example.test' } })).toBe(1);
  });

  test.each([
    ['rita', 'Rita <rita@example.test>', 'owner'],
    ['nobody', 'News <news@example.test>', 'news'],
  ])('a mail for the owner %s comes from %s', async (owner, from, sender) => {
    const yaml = `${head(`from-${owner}`)}
  - { id: first, kind: email, template: one, from: [owner, old, news] }${rest}`;
    const person = await aReachablePerson(world, await publishedJourney(world.db, yaml), { owner });
    await followed(person);
    const mail = await world.db.outbox.findFirstOrThrow({ where: { to: person.email } });
    expect((mail.headers as Record<string, string>).From).toBe(from);
    const decision = await world.db.decision.findFirstOrThrow({ where: { enrollmentId: person.id, visit: 1 } });
    expect(decision.inputs).toMatchObject({ channel: 'email', sender });
  });
});

import { Webhook } from 'standardwebhooks';
import { v7 } from 'uuid';
import { addressHash } from '../../prisma/address';
import { putInInbox } from '../../prisma/stores/in-app';
import { newToken } from '../../prisma/stores/links';
import { joinContacts } from '../../prisma/stores/merging/join';
import { putEndpoint } from '../../prisma/stores/endpoints';
import { inTransaction } from '../../prisma/client';
import { patchSettings } from '../../prisma/stores/settings';
import {
  aReachablePerson,
  channelJourney,
  followed as follow,
  quickTransports,
  type Reachable,
} from '../support/channels';
import { startFakeServer, type FakeServer } from '../support/fake-server';
import { plannedDeaths } from '../support/faults';
import { contactWith, publishedJourney } from '../support/journeys';
import { ledger, standsAt, states } from '../support/sending';
import { startWorld, type World } from '../support/world';

const GRACE_MS = 300;
const secret = `whsec_${Buffer.from('secret of a receiver of tests').toString('base64')}`;

const twoHooks = (key: string) =>
  channelJourney(
    `two-${key}`,
    `  - { id: first, kind: message, via: webhook, to: ${key}, with: { text: one } }
  - { id: second, kind: message, via: webhook, to: ${key}, with: { text: two } }`,
  );

const deaths = plannedDeaths();
let world: World;
let receiver: FakeServer;
beforeAll(async () => {
  receiver = await startFakeServer(() => ({ status: 200 }));
  const overrides = { graceMs: GRACE_MS, reached: deaths.reached };
  world = await startWorld({ overrides: { ...overrides, transports: (db) => quickTransports(db, null) } });
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
  await receiver.stop();
});

/** Texts of the webhooks about somebody, with their ids. */
const hooksOf = ({ contactId }: Reachable) =>
  receiver.taken.flatMap(({ headers, body }) => {
    const { data } = JSON.parse(body) as { data?: { contactId: string; with: { text: string } } };
    return data?.contactId === contactId ? [{ id: headers['webhook-id'], text: data.with.text }] : [];
  });

const followed = (person: Reachable, stepId?: string, phase?: string) => follow(world, person, stepId, phase);

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
    const add = channelJourney(
      'audience',
      `  - { id: first, kind: message, via: webhook, to: captured, preset: audience-add, with: { audience: dormant } }
  - { id: second, kind: message, via: webhook, to: captured, preset: audience-remove, with: { audience: dormant } }`,
    );
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
    const yaml = channelJourney(
      'inbox',
      `  - { id: first, kind: message, via: in-app, title: "Hi {{ contact.firstName }}", text: Look, url: /pricing }`,
    );
    const person = await aReachablePerson(world, await publishedJourney(world.db, yaml));
    deaths.die(person.id, 'called');
    await followed(person);
    expect(await states(world, person)).toEqual(['accepted']);
    const inbox = await world.db.inAppMessage.findMany({ where: { contactId: person.contactId } });
    expect(inbox).toMatchObject([{ title: 'Hi Ada', text: 'Look', url: '/pricing', readAt: null }]);
  });

  test("an unknown visitor's messages move with them", async () => {
    const { db } = world;
    const [from, into] = [await contactWith(db, null), await contactWith(db, null)];
    const sendId = v7();
    const of = { contactId: from, channel: 'in-app', visit: 1, stepId: 's', journeyKey: 'j', state: 'accepted' };
    await db.send.create({ data: { id: sendId, key: sendId, ...of, unsubscribeToken: newToken() } });
    await putInInbox(db, sendId, { title: 'Hi' });
    await inTransaction(db, (tx) => joinContacts(tx, [{ from, into, by: 'identity', reason: 'test' }], new Date()));
    expect(await db.inAppMessage.findUniqueOrThrow({ where: { sendId } })).toMatchObject({ contactId: into });
  });

  const notes = channelJourney(
    'notes',
    `  - id: first
    kind: notify
    to: owner
    via: [email, chat, sms]
    text: "{{ contact.firstName }} has {{ contact.score.total }} points ({{ contact.score.tier }}). {{ owner.meetingUrl }}"`,
  );

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
    const yaml = channelJourney(
      `from-${owner}`,
      `  - { id: first, kind: email, template: one, from: [owner, old, news] }`,
    );
    const person = await aReachablePerson(world, await publishedJourney(world.db, yaml), { owner });
    await followed(person);
    const mail = await world.db.outbox.findFirstOrThrow({ where: { to: person.email } });
    expect((mail.headers as Record<string, string>).From).toBe(from);
    const decision = await world.db.decision.findFirstOrThrow({ where: { enrollmentId: person.id, visit: 1 } });
    expect(decision.inputs).toMatchObject({ channel: 'email', sender });
  });
});

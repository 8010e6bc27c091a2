import { v7 } from 'uuid';
import { enrollContact } from '../../prisma/stores/enroll';
import { insertInside } from '../../prisma/stores/pump/events';
import { givePoints } from '../../prisma/stores/scores/points';
import { suppress } from '../../prisma/stores/suppressions';
import type { JsonObject } from '../../workflows/domain/json';
import { freshDatabase, type TestDatabase } from '../support/database';
import { endRuns, form, inDays, restingJourney, runsOf } from '../support/entries';
import { publishedJourney } from '../support/journeys';
import { happening, pumped } from '../support/pump';

let database: TestDatabase;
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

const byForm = 'entry: [{ event: form.submitted }]';
const journey = restingJourney;
const runs = (key?: string) => runsOf(database.db, key);
const end = (endedAt: Date) => endRuns(database.db, endedAt);
const contact = () => database.db.contact.findFirstOrThrow();
const daysAgo = (days: number) => inDays(-days);
const refusals = async () => {
  const rows = await database.db.decision.findMany({ where: { kind: 'entry', outcome: 'refused' } });
  return rows.map(({ reason }) => reason);
};

describe('re-entry', () => {
  test('two orders run side by side', async () => {
    await publishedJourney(
      database.db,
      journey('thanks', `entry: [{ event: order.completed }]\nreentry: { per: orderId }`),
    );
    const order = (orderId: string) => happening('order.completed', { properties: { orderId } });
    await pumped(database.db, [order('7'), order('8'), order('7')]);
    const open = await database.db.enrollment.findMany({ where: { status: 'active' }, orderBy: { n: 'asc' } });
    expect(open.map(({ entryKey, n, entry }) => [entryKey, n, entry])).toEqual([
      ['7', 1, { orderId: '7' }],
      ['8', 2, { orderId: '8' }],
    ]);
    expect(await refusals()).toEqual(['already in this journey']);
    await end(new Date());
    await pumped(database.db, [order('8'), happening('order.completed')]);
    expect(await refusals()).toEqual([
      'already in this journey',
      'this run has been before',
      'there is no `orderId` that tells its runs apart',
    ]);
  });

  test('after a period somebody may come again', async () => {
    await publishedJourney(database.db, journey('news', `${byForm}\nreentry: { after: 90 days }`));
    await pumped(database.db, [form()]);
    await end(daysAgo(89));
    await pumped(database.db, [form()]);
    expect(await runs()).toEqual(['news']);
    expect(await refusals()).toEqual([expect.stringMatching(/^may enter again from /)]);
    await end(daysAgo(91));
    await pumped(database.db, [form()]);
    expect(await runs()).toEqual(['news', 'news']);
  });
});

describe('suppression at entry', () => {
  test.each([
    ['customers', { lifecycleStage: 'customer' }, '{ segment: customers }'],
    ['open opportunities', { lifecycleStage: 'Opportunity' }, '{ segment: open-opportunities }'],
    ['competitors', { company: 'Rival' }, '{ field: company, is: rival }'],
  ])('%s stay out', async (_name, traits, unless) => {
    await publishedJourney(database.db, journey('a', `${byForm}\nunless: ${unless}`));
    await pumped(database.db, [form({}, { traits }), form({}, { keys: ['email:ben@example.test'] })]);
    expect(await runs()).toEqual(['a']);
    expect(await refusals()).toEqual([expect.stringMatching(/^kept out: /)]);
  });

  test.each([
    [1, ['a']],
    [99, ['b', 'a']],
  ])('priority %i decides who sees whom', async (priority, entered) => {
    await publishedJourney(database.db, journey('a', `${byForm}\npriority: 50`));
    await publishedJourney(
      database.db,
      journey('b', `${byForm}\npriority: ${priority}\nunless: { journey: a, status: active }`),
    );
    await pumped(database.db, [form()]);
    const order = await database.db.enrollment.findMany({ orderBy: { id: 'asc' } });
    expect(order.map(({ journeyKey }) => journeyKey)).toEqual(entered);
    expect(await refusals()).toHaveLength(2 - entered.length);
  });

  test('points, consent and mails are seen', async () => {
    const { db } = database;
    await pumped(db, [form({}, { traits: { email: 'ann@example.test' } })]);
    const { id: contactId } = await contact();
    for (const [key, unless] of [
      ['warm', '{ score: total, atLeast: 30 }'],
      ['cold', '{ tier: low }'],
      ['barred', '{ not: { consent: education } }'],
      ['free', '{ not: { consent: product } }'],
      ['idle', '{ mails: last 2, clicked: none }'],
      ['busy', '{ mails: last 2, clicked: any }'],
    ]) {
      await publishedJourney(db, journey(key ?? '', `${byForm}\nunless: ${unless}`));
    }
    const points = { contactId, rule: 'test', at: Date.now(), enrollmentId: null, visit: null, journeyKey: null };
    await db.$transaction(async (tx) => {
      await givePoints(tx, [
        { ...points, id: v7(), axis: 'fit', points: 20 },
        { ...points, id: v7(), axis: 'engagement', points: 15 },
      ]);
      const of = { address: 'ann@example.test' };
      await suppress(tx, { of, channel: 'email', scope: 'topic:education', reason: 'unsubscribed', source: {} });
    });
    for (const clicked of [true, false]) await sent(contactId, clicked);
    await pumped(db, [form()]);
    expect((await runs()).sort()).toEqual(['cold', 'free', 'idle']);
  });

  /** A delivered mail; its click is a person's or a machine's. */
  async function sent(contactId: string, clicked: boolean): Promise<void> {
    const { db } = database;
    const id = v7();
    const row = { visit: 1, stepId: 'mail', journeyKey: 'x', contactId, templateKey: 'x', state: 'accepted' };
    await db.send.create({ data: { id, key: id, unsubscribeToken: id, claimedAt: new Date(), ...row } });
    await pumped(db, [
      happening('email.clicked', {
        origin: 'link',
        keys: [`contact:${contactId}`],
        sendId: id,
        properties: { machine: !clicked },
      }),
    ]);
  }
});

describe('the n-th event', () => {
  const pricing = (more = {}) => happening('page.viewed', { properties: { path: '/pricing/teams' }, ...more });
  const twice =
    'entry:\n  - { event: page.viewed, where: { path: { startsWith: /pricing } }, times: 2, within: 7 days }';

  test('enters when it has come that often', async () => {
    await publishedJourney(database.db, journey('intent', twice));
    await pumped(database.db, [pricing(), happening('page.viewed', { properties: { path: '/' } })]);
    expect(await runs()).toEqual([]);
    await pumped(database.db, [pricing()]);
    expect(await runs()).toEqual(['intent']);
    await pumped(database.db, [pricing()]);
    expect(await refusals()).toEqual(['already in this journey']);
  });

  test('counts within one batch, and no machines', async () => {
    await publishedJourney(database.db, journey('intent', twice));
    await pumped(database.db, [pricing(), pricing({ properties: { path: '/pricing', machine: true } })]);
    expect(await runs()).toEqual([]);
    await pumped(database.db, [
      pricing({ keys: ['email:ben@example.test'] }),
      pricing({ keys: ['email:ben@example.test'] }),
    ]);
    expect(await runs()).toEqual(['intent']);
  });

  test('forgets what is older than the period', async () => {
    await publishedJourney(database.db, journey('intent', twice));
    await pumped(database.db, [pricing()]);
    await database.db.event.updateMany({ data: { receivedAt: daysAgo(8) } });
    await pumped(database.db, [pricing()]);
    expect(await runs()).toEqual([]);
    await pumped(database.db, [pricing()]);
    expect(await runs()).toEqual(['intent']);
  });

  test('counts a group of the settings', async () => {
    const { db } = database;
    const document = { eventGroups: { signs: ['demo.requested', 'page.viewed'] } };
    await db.setting.create({ data: { id: 1, document } });
    await publishedJourney(db, journey('intent', 'entry: [{ event: signs, times: 3, within: 7 days }]'));
    await pumped(db, [pricing(), happening('demo.requested'), form()]);
    expect(await runs()).toEqual([]);
    await pumped(db, [pricing()]);
    expect(await runs()).toEqual(['intent']);
  });
});

describe('requests', () => {
  const ask = async (properties: JsonObject, hops = 1) => {
    const { id: contactId } = await contact();
    const event = { type: 'journey.requested', messageId: v7(), contactId, bucket: 0, properties, hops };
    await database.db.$transaction((tx) => insertInside(tx, [event]));
    await pumped(database.db);
  };
  beforeEach(() => pumped(database.db, [happening('page.viewed')]));

  test('enter by the rules of the journey', async () => {
    await publishedJourney(database.db, journey('next', 'entry: []\nreentry: { per: dealId }'));
    await ask({ journey: 'next', by: 'exit', from: 'first', entry: { dealId: 5, plan: 'pro' } });
    await ask({ journey: 'next', by: 'list', entryKey: 'six', entry: {} });
    await ask({ journey: 'next', by: 'enroll', entry: { dealId: '5' } });
    const rows = await database.db.enrollment.findMany({ orderBy: { n: 'asc' } });
    expect(rows.map(({ entryKey, entry, hops }) => [entryKey, entry, hops])).toEqual([
      ['5', { dealId: 5, plan: 'pro' }, 1],
      ['six', {}, 1],
    ]);
    const decisions = await database.db.decision.findMany({ orderBy: { id: 'asc' } });
    expect(decisions.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['entered', 'asked for by exit of first'],
      ['entered', 'asked for by list'],
      ['refused', 'already in this journey'],
    ]);
    expect(decisions[0]?.inputs).toMatchObject({ by: 'exit', from: 'first' });
  });

  test('are refused where nobody is taken in', async () => {
    await ask({ journey: 'gone', by: 'exit', entry: {} });
    expect(await refusals()).toEqual(['this journey takes nobody in now']);
  });

  test('too far from anything outside are refused', async () => {
    await publishedJourney(database.db, journey('next', 'entry: []'));
    await ask({ journey: 'next', by: 'exit', entry: {} }, 21);
    expect(await runs()).toEqual([]);
    expect(await refusals()).toEqual(['more than 20 events away from anything outside']);
    await ask({ journey: 'next', by: 'exit', entry: {} }, 20);
    expect(await runs()).toEqual(['next']);
  });

  test('from outside count as nothing', async () => {
    await publishedJourney(database.db, journey('next', 'entry: []'));
    await pumped(database.db, [happening('journey.requested', { properties: { journey: 'next', entry: {} } })]);
    expect(await runs()).toEqual([]);
  });

  test('the API rules as the pump does', async () => {
    await publishedJourney(
      database.db,
      journey('next', 'entry: []\nreentry: { per: dealId }\nunless: { field: company, exists: true }'),
    );
    const { id: contactId } = await contact();
    const request = { contactId, journeyKey: 'next', entryKey: null, at: new Date() };
    const missing = 'there is no `dealId` that tells its runs apart';
    expect(await enrollContact(database.db, { ...request, properties: {} })).toEqual({
      kind: 'refused',
      reason: missing,
    });
    await ask({ journey: 'next', by: 'list', entry: {} });
    expect(await refusals()).toEqual([missing, missing]);
    expect(await enrollContact(database.db, { ...request, properties: { dealId: 1 } })).toMatchObject({
      kind: 'entered',
    });
  });
});

import { Pump } from '../../activities/pump/pump';
import { sweepScorePage, sweepScores } from '../../activities/pump/sweep-scores';
import { standardScoreModel } from '../../prisma/catalog';
import { inTransaction } from '../../prisma/client';
import { acceptEvents, type NewEvent } from '../../prisma/stores/events';
import { mergeContacts } from '../../prisma/stores/merging/merge';
import { givePoints } from '../../prisma/stores/scores/points';
import { freshDatabase, type TestDatabase } from '../support/database';
import { restingJourney, runsOf } from '../support/entries';
import { publishedJourney } from '../support/journeys';
import { happening, pumped, silent } from '../support/pump';
import { bothWays, ledgerOf, publishedModel, shuffled, toldOf } from '../support/scores';

const day = 86_400_000;
const start = Date.now() - 200 * day;

let database: TestDatabase;
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

const on = (days: number, type: string, properties: NewEvent['properties'] = {}) =>
  happening(type, { occurredAt: new Date(start + days * day), properties });
const pricing = (days: number) => on(days, 'page.viewed', { path: '/pricing' });
const identify = (days: number, traits: NewEvent['traits']) =>
  happening('identify', { occurredAt: new Date(start + days * day), traits });
const contact = () => database.db.contact.findFirstOrThrow({ where: { mergedInto: null }, orderBy: { id: 'asc' } });
const stored = async () => database.db.scoreState.findUniqueOrThrow({ where: { contactId: (await contact()).id } });

describe('the standard model', () => {
  beforeEach(() => publishedModel(database.db, standardScoreModel()));

  test('a decider who looks at prices is ready', async () => {
    const { db } = database;
    await pumped(db, [
      identify(0, { email: 'ann@example.test', jobTitle: 'VP Marketing', industry: 'saas' }),
      on(1, 'page.viewed', { path: '/blog/one' }),
      on(2, 'page.viewed', { path: '/blog/two' }),
      pricing(3),
      pricing(5),
      on(6, 'webinar.attended', { webinar: 'scale' }),
    ]);
    const { id } = await contact();
    // Fit 15 + 10; pricing 10, again within seven days 15, webinar 20.
    expect(await ledgerOf(db, id)).toEqual([
      'fit decides 15',
      'fit target-industry 10',
      'rule pricing 10',
      'rule pricing-again 15',
      'rule webinar 20',
    ]);
    expect(await stored()).toMatchObject({ fit: 25, engagement: 45, tier: 'medium', ready: false });
    await pumped(db, [on(7, 'demo.requested')]);
    expect(await stored()).toMatchObject({ fit: 25, engagement: 70, tier: 'high', ready: true });
    expect(await toldOf(db, id)).toEqual([
      'tier_changed none low',
      'tier_changed low medium',
      'tier_changed medium high',
      'ready_for_sales',
    ]);
    const { stored: row, counted } = await bothWays(db, id);
    expect(row).toEqual(counted);
  });

  test('a student who does the same is not', async () => {
    const { db } = database;
    await pumped(db, [
      identify(0, { email: 'ann@example.test', jobTitle: 'Student intern', industry: 'saas' }),
      ...[pricing(3), pricing(5), on(6, 'webinar.attended'), on(7, 'demo.requested')],
    ]);
    // −10 + 10; 10 + 15 + 20 + 25.
    expect(await stored()).toMatchObject({ fit: 0, engagement: 70, tier: 'medium', ready: false });
  });

  test('opting out takes engagement, and reads 0', async () => {
    const { db } = database;
    await pumped(db, [
      identify(0, { email: 'ann@example.test', jobTitle: 'Director of Sales' }),
      ...[pricing(3), on(4, 'webinar.attended'), on(5, 'email.unsubscribed'), pricing(6)],
    ]);
    const { id } = await contact();
    expect(await ledgerOf(db, id)).toEqual([
      'fit decides 15',
      'rule pricing 10',
      'rule webinar 20',
      'reset unsubscribed -30',
      'rule pricing-again 15',
    ]);
    expect(await stored()).toMatchObject({ fit: 15, engagement: 15, blocked: true, tier: 'none' });
    await pumped(db, [on(8, 'contact.resubscribed')]);
    expect(await stored()).toMatchObject({ blocked: false, tier: 'medium' });
  });

  test('silent months take points, each once', async () => {
    const { db } = database;
    await pumped(db, [pricing(0), on(0, 'webinar.attended')]);
    const { id } = await contact();
    const at = (days: number) => new Date(start + days * day);
    expect(await sweepScores({ db, at: at(29) })).toBe(0);
    expect(await sweepScores({ db, at: at(31) })).toBe(1);
    expect(await sweepScores({ db, at: at(31) })).toBe(0);
    expect(await sweepScores({ db, at: at(185) })).toBe(1);
    expect(await ledgerOf(db, id)).toEqual([
      'rule pricing 10',
      'rule webinar 20',
      ...Array.from({ length: 6 }, () => 'silence silence -5'),
    ]);
    expect(await toldOf(db, id)).toEqual([
      'tier_changed none low',
      'tier_changed low medium',
      'tier_changed medium low',
      'tier_changed low none',
    ]);
    expect(await stored()).toMatchObject({ engagement: 0, tier: 'none', nextCheckAt: null });
  });

  test('what comes late lands where it belongs', async () => {
    const { db } = database;
    await pumped(db, [pricing(5), on(8, 'demo.requested')]);
    const { id } = await contact();
    await pumped(db, [pricing(2)]);
    expect(await ledgerOf(db, id)).toEqual(['rule pricing 10', 'rule pricing-again 15', 'rule demo 25']);
    expect(
      await db.scoreEntry.findMany({ where: { contactId: id }, select: { at: true }, orderBy: { at: 'asc' } }),
    ).toEqual([2, 5, 8].map((days) => ({ at: new Date(start + days * day) })));
    expect(await toldOf(db, id)).toEqual(['tier_changed none low', 'tier_changed low medium']);
    const { stored: row, counted } = await bothWays(db, id);
    expect(row).toEqual(counted);
  });

  test.each([1, 2, 3, 4, 5])('any order of arrival comes to the same (%d)', async (seed) => {
    const { db } = database;
    const types = ['webinar.attended', 'demo.requested', 'email.opened', 'email.clicked', 'email.unsubscribed'];
    const events = Array.from({ length: 40 }, (_, i) =>
      i % 3 === 0 ? pricing(i * 1.7) : on(i * 1.7, types[(i * 7 + seed) % types.length] ?? ''),
    );
    for (const email of ['ann', 'ben']) {
      const own = events.map((event, i) => ({
        ...event,
        messageId: `${email}${i}`,
        keys: [`email:${email}@example.test`],
      }));
      const arriving = email === 'ann' ? own : shuffled(own, seed);
      for (let from = 0; from < arriving.length; from += 7) await pumped(db, arriving.slice(from, from + 7));
    }
    const people = await db.contact.findMany({ orderBy: { email: 'asc' } });
    expect(people).toHaveLength(2);
    for (const { id } of people) {
      const { stored: row, counted } = await bothWays(db, id);
      expect(row).toEqual(counted);
    }
    const [ann, ben] = await Promise.all(people.map(({ id }) => ledgerOf(db, id)));
    expect(ben).toEqual(ann);
  });

  test('two pumps and two sweeps count once', async () => {
    const { db } = database;
    const people = Array.from({ length: 60 }, (_, i) => `email:p${i}@example.test`);
    await acceptEvents(
      db,
      people.flatMap((key) => [
        { ...pricing(1), keys: [key] },
        { ...on(2, 'webinar.attended'), keys: [key] },
      ]),
    );
    const pumps = [new Pump({ db, log: silent }), new Pump({ db, log: silent })];
    for (let left = 120; left > 0;) {
      const rounds = await Promise.all(pumps.map((pump) => pump.once()));
      for (const { processed } of rounds) left -= processed;
    }
    const at = new Date(start + 40 * day);
    await Promise.all([1, 2, 3].map(() => sweepScorePage({ db, at, pageSize: 50 })));
    await sweepScores({ db, at, pageSize: 20 });
    expect(await db.scoreEntry.groupBy({ by: ['rule'], _count: true, orderBy: { rule: 'asc' } })).toEqual(
      ['pricing', 'silence', 'webinar'].map((rule) => ({ rule, _count: 60 })),
    );
    expect(await db.event.count({ where: { type: 'score.tier_changed' } })).toBe(180);
  });
});

test('pump and sweep at once leave what a count from scratch finds', async () => {
  const { db } = database;
  await publishedModel(db, standardScoreModel());
  const keys = Array.from({ length: 12 }, (_, i) => `email:p${i}@example.test`);
  const events = Array.from({ length: 30 }, (_, i) =>
    keys.map((key) => ({ ...(i % 2 ? pricing(i * 4) : on(i * 4, 'demo.requested')), keys: [key] })),
  );
  const sweeping = { on: true };
  const sweeps = (async () => {
    for (let days = 1; sweeping.on; days += 10)
      await sweepScores({ db, at: new Date(start + days * day), pageSize: 5 });
  })();
  for (const batch of shuffled(events, 7)) await pumped(db, batch);
  sweeping.on = false;
  await sweeps;
  const people = await db.contact.findMany({ select: { id: true } });
  expect(people).toHaveLength(keys.length);
  for (const { id } of people) {
    const { stored: row, counted } = await bothWays(db, id);
    expect(row).toEqual(counted);
    const tiers = (await toldOf(db, id))
      .filter((line) => line.startsWith('tier_changed'))
      .map((line) => line.split(' '));
    expect(tiers.map(([, from]) => from)).toEqual(['none', ...tiers.slice(0, -1).map(([, , to]) => to)]);
  }
}, 60_000);

const byPoints = (points: number) => `
model: points
explain: Every page counts.
engagement: [{ id: page, on: page.viewed, points: ${points} }]
`;

test('a journey is entered by the event that brings the points', async () => {
  const { db } = database;
  await publishedModel(db, byPoints(20));
  await publishedJourney(db, restingJourney('hot', 'entry: [{ becomes: { score: total, atLeast: 60 } }]'));
  for (const count of [2, 1]) {
    expect(await runsOf(db, 'hot')).toEqual([]);
    await pumped(
      db,
      Array.from({ length: count }, () => happening('page.viewed')),
    );
  }
  expect(await runsOf(db, 'hot')).toEqual(['hot']);
  const asked = await db.event.findFirstOrThrow({ where: { type: 'journey.requested' } });
  expect(asked.properties).toMatchObject({ because: 'page.viewed' });
});

test('conditions of an entry see the points of its event', async () => {
  const { db } = database;
  await publishedModel(db, byPoints(20));
  const entry = 'entry: [{ event: page.viewed }]\nreentry: always\nunless: { score: total, below: 40 }';
  await publishedJourney(db, restingJourney('second', entry));
  await pumped(db, [happening('page.viewed'), happening('page.viewed')]);
  expect(await runsOf(db, 'second')).toEqual(['second']);
});

test('a rule that always fails stops nothing', async () => {
  const { db } = database;
  const id = await publishedModel(db, standardScoreModel());
  const { model } = await db.scoreModelVersion.findUniqueOrThrow({ where: { id } });
  const broken = JSON.parse(JSON.stringify(model).replaceAll('"startsWith":"/pricing"', '"startsWith":5')) as object;
  await db.scoreModelVersion.update({ where: { id }, data: { model: broken } });
  await publishedJourney(db, restingJourney('pages', 'entry: [{ event: page.viewed }]'));
  await pumped(db, [on(1, 'webinar.attended'), pricing(2), on(3, 'demo.requested')]);
  expect(await ledgerOf(db, (await contact()).id)).toEqual([
    'rule webinar 20',
    'failed text.toLowerCase is not a function 0',
    'rule demo 25',
  ]);
  expect(await runsOf(db, 'pages')).toEqual(['pages']);
  expect(await db.event.count({ where: { error: { not: null } } })).toBe(0);
  await pumped(db, [pricing(0)]);
  expect((await ledgerOf(db, (await contact()).id)).filter((line) => line.startsWith('failed'))).toHaveLength(2);
});

test('points that are given stay whatever the model', async () => {
  const { db } = database;
  await pumped(db, [happening('page.viewed')]);
  const { id: contactId } = await contact();
  const none = { enrollmentId: null, visit: null, journeyKey: null };
  const give = (points: number) =>
    inTransaction(db, (tx) =>
      givePoints(tx, [
        { id: crypto.randomUUID(), contactId, axis: 'fit', points, rule: 'by hand', at: Date.now(), ...none },
      ]),
    );
  expect(await give(30)).toMatchObject([{ type: 'score.tier_changed', properties: { from: 'none', to: 'medium' } }]);
  await publishedModel(db, byPoints(20));
  expect(await give(5)).toEqual([]);
  await pumped(db, [happening('page.viewed')]);
  // The page from before the model counts too.
  expect(await stored()).toMatchObject({ fit: 35, engagement: 40, tier: 'high' });
  const { stored: row, counted } = await bothWays(db, contactId);
  expect(row).toEqual(counted);
});

test('visitors who join bring their points', async () => {
  const { db } = database;
  await publishedModel(db, byPoints(20));
  const visitor = (type: string, more: Partial<NewEvent> = {}) => happening(type, { keys: ['anonymous:v1'], ...more });
  await pumped(db, [visitor('page.viewed'), visitor('page.viewed'), happening('page.viewed')]);
  await pumped(db, [
    visitor('identify', { keys: ['anonymous:v1', 'email:ann@example.test'], traits: { email: 'ann@example.test' } }),
  ]);
  const { id } = await contact();
  expect(await db.scoreState.findMany()).toMatchObject([{ engagement: 60, stale: false }]);
  const { stored: row, counted } = await bothWays(db, (await db.scoreState.findFirstOrThrow()).contactId);
  expect(row).toEqual(counted);
  expect(await toldOf(db, id)).not.toEqual([]);
});

test('two people who are one are counted as one', async () => {
  const { db } = database;
  await publishedModel(db, standardScoreModel());
  const of = (key: string, event: NewEvent) => ({ ...event, keys: [`email:${key}@example.test`] });
  await pumped(db, [
    of('ann', identify(0, { email: 'ann@example.test', jobTitle: 'VP Sales' })),
    of('ann', pricing(1)),
    of('ben', identify(0, { email: 'ben@example.test', industry: 'saas' })),
    of('ben', pricing(4)),
    of('ben', on(5, 'webinar.attended')),
  ]);
  const [ann, ben] = await db.contact.findMany({ orderBy: { email: 'asc' } });
  if (!ann || !ben) throw new Error('somebody is missing');
  await mergeContacts(db, {
    stays: ann.id,
    goes: ben.id,
    by: 'hand',
    reason: 'test',
    at: new Date(),
    requestedBy: null,
  });
  await pumped(db);
  // 15 + 10; the second look at prices is within seven days of the first.
  expect(await db.scoreState.findMany()).toMatchObject([{ contactId: ann.id, fit: 25, stale: false }]);
  const lines = await ledgerOf(db, ann.id);
  expect(lines.filter((line) => line.startsWith('rule'))).toEqual([
    'rule pricing 10',
    'rule pricing-again 15',
    'rule webinar 20',
  ]);
  expect(await ledgerOf(db, ben.id)).toEqual([]);
  const { stored: row, counted } = await bothWays(db, ann.id);
  expect(row).toEqual(counted);
});

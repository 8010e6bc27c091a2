import { v7 } from 'uuid';
import { startPump } from '../../activities/pump/start-pump';
import { sweepSegments } from '../../activities/pump/sweep-segments';
import { givePoints } from '../../prisma/stores/scores/points';
import type { JsonObject } from '../../workflows/domain/json';
import { freshDatabase, type TestDatabase } from '../support/database';
import { endRuns, inDays, restingJourney, runsOf } from '../support/entries';
import { publishedJourney } from '../support/journeys';
import { poll } from '../support/poll';
import { FakeTemporal, happening, pumped, silent } from '../support/pump';

let database: TestDatabase;
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

const journey = restingJourney;
const runs = (key?: string) => runsOf(database.db, key);
const end = (endedAt: Date) => endRuns(database.db, endedAt);
const contact = () => database.db.contact.findFirstOrThrow();
const daysAgo = (days: number) => inDays(-days);

describe('conditions that turn true', () => {
  const quiet = (days: number) => `entry:
  - becomes: { all: [{ did: activity, within: 180 days }, { not: { did: activity, within: ${days} days } }] }
reentry: { after: 60 days }`;
  const sweepAt = async (at: Date) => {
    await sweepSegments({ db: database.db, versions: new Map(), at, pageSize: 3 });
    await pumped(database.db);
  };

  test('silence of 30 and of 90 days enters once each', async () => {
    const { db } = database;
    await publishedJourney(db, journey('month', quiet(30)));
    await publishedJourney(db, journey('quarter', quiet(90)));
    await sweepAt(new Date());
    const people = Array.from({ length: 5 }, (_, i) => [`email:p${i}@example.test`]);
    await pumped(
      db,
      people.map((keys) => happening('page.viewed', { keys })),
    );
    await sweepAt(inDays(29));
    expect(await runs()).toEqual([]);
    await sweepAt(inDays(31));
    await sweepAt(inDays(32));
    expect(await runs()).toEqual(people.map(() => 'month'));
    await sweepAt(inDays(91));
    expect(await runs('quarter')).toHaveLength(people.length);
    expect(await runs('month')).toHaveLength(people.length);
    const asked = await db.event.findMany({ where: { type: 'journey.requested' } });
    expect(asked).toHaveLength(2 * people.length);
    expect(asked[0]?.properties).toMatchObject({ by: 'becomes', because: 'time' });
  });

  test('whom it holds for already does not enter', async () => {
    const { db } = database;
    await pumped(db, [happening('page.viewed')]);
    await db.event.updateMany({ data: { receivedAt: daysAgo(40) } });
    await publishedJourney(db, journey('month', quiet(30)));
    await sweepAt(new Date());
    await sweepAt(inDays(1));
    expect(await runs()).toEqual([]);
    // A sign of life, then silence again: now it turns.
    await pumped(db, [happening('page.viewed')]);
    await sweepAt(inDays(31));
    expect(await runs()).toEqual(['month']);
  });

  test('an event turns it at once, before any sweep too', async () => {
    const { db } = database;
    const active = 'entry: [{ becomes: { did: page.viewed, times: 2, within: 7 days } }]\nreentry: always';
    await pumped(db, [happening('page.viewed'), happening('page.viewed', { keys: ['email:ben@example.test'] })]);
    await pumped(db, [happening('page.viewed', { keys: ['email:ben@example.test'] })]);
    await publishedJourney(db, journey('live', active));
    // Ann turns it now; Ben held it already.
    await pumped(db, [happening('page.viewed'), happening('page.viewed', { keys: ['email:ben@example.test'] })]);
    expect(await runs()).toEqual(['live']);
    await sweepAt(new Date());
    expect(await runs()).toEqual(['live']);
    const cause = await db.event.findFirstOrThrow({ where: { type: 'journey.requested' } });
    expect(cause.properties).toMatchObject({ because: 'page.viewed' });
  });

  test('a field that an event tells turns it', async () => {
    const { db } = database;
    await publishedJourney(db, journey('german', 'entry: [{ becomes: { field: country, is: DE } }]\nreentry: always'));
    const from = (country: string) => happening('identify', { traits: { country } });
    await pumped(db, [from('DE')]);
    expect(await runs()).toEqual(['german']);
    await end(new Date());
    await pumped(db, [from('FR')]);
    await sweepAt(new Date());
    await pumped(db, [from('DE')]);
    expect(await runs()).toEqual(['german', 'german']);
  });

  test('points turn it by the sweep', async () => {
    const { db } = database;
    await publishedJourney(db, journey('hot', 'entry: [{ becomes: { score: total, atLeast: 71 } }]'));
    await pumped(db, [happening('page.viewed')]);
    await sweepAt(new Date());
    const { id: contactId } = await contact();
    const row = { id: v7(), contactId, axis: 'fit', points: 80, rule: 'x', at: Date.now() } as const;
    await db.$transaction((tx) => givePoints(tx, [{ ...row, enrollmentId: null, visit: null, journeyKey: null }]));
    await sweepAt(inDays(0.01));
    expect(await runs()).toEqual(['hot']);
  });
});

describe('segments', () => {
  const save = (key: string, condition: JsonObject) => {
    const data = { key, name: key, condition };
    return database.db.segment.upsert({ where: { key }, create: data, update: data });
  };
  const sweep = async (at = new Date()) => {
    await sweepSegments({ db: database.db, versions: new Map(), at });
    await pumped(database.db);
  };
  const identify = (traits: JsonObject) => happening('identify', { traits });

  test('who enters one enters the journey', async () => {
    const { db } = database;
    await save('buyers', { field: 'jobTitle', contains: 'buyer' });
    await publishedJourney(db, journey('buy', 'entry: [{ segment: buyers }]\nreentry: always'));
    await sweep();
    await pumped(db, [identify({ jobTitle: 'Head buyer' })]);
    expect(await runs()).toEqual(['buy']);
    await pumped(db, [identify({ jobTitle: 'CEO' }), happening('page.viewed')]);
    await sweep();
    await end(new Date());
    await pumped(db, [identify({ jobTitle: 'Buyer' })]);
    expect(await runs()).toEqual(['buy', 'buy']);
    const told = await db.event.findMany({ where: { type: { startsWith: 'segment.' } }, orderBy: { seq: 'asc' } });
    expect(told.map(({ type }) => type)).toEqual(['segment.entered', 'segment.left', 'segment.entered']);
    expect(await db.segmentMember.findMany()).toMatchObject([{ segmentKey: 'buyers' }]);
  });

  test('a change of its meaning lets nobody in', async () => {
    const { db } = database;
    await save('buyers', { segment: 'rich' });
    await save('rich', { field: 'budget', is: 'high' });
    await publishedJourney(db, journey('buy', 'entry: [{ segment: buyers }]'));
    await pumped(db, [identify({ jobTitle: 'CEO', country: 'DE' })]);
    await sweep();
    await save('rich', { field: 'jobTitle', is: 'CEO' });
    await pumped(db, [identify({ country: 'FR' })]);
    await sweep();
    await sweep();
    expect(await db.segmentMember.count({ where: { segmentKey: 'buyers' } })).toBe(1);
    expect(await runs()).toEqual([]);
    expect(await db.event.count({ where: { type: { startsWith: 'segment.' } } })).toBe(0);
  });

  test('what nobody watches is forgotten', async () => {
    const { db } = database;
    await save('buyers', { field: 'jobTitle', is: 'buyer' });
    await publishedJourney(db, journey('buy', 'entry: [{ segment: buyers }]'));
    await pumped(db, [identify({ jobTitle: 'Buyer' })]);
    await sweep();
    expect(await db.segmentMember.count()).toBe(1);
    await db.journey.updateMany({ data: { status: 'archived' } });
    await db.segment.deleteMany();
    await sweep();
    expect([await db.segmentMember.count(), await db.segmentWatch.count({ where: { key: 'buyers' } })]).toEqual([0, 0]);
  });
});

test('the loops of a worker sweep by themselves', async () => {
  const { db, url } = database;
  await publishedJourney(db, journey('hot', 'entry: [{ becomes: { score: total, atLeast: 71 } }]'));
  await pumped(db, [happening('page.viewed')]);
  const temporal = new FakeTemporal();
  const loops = startPump({ db, databaseUrl: url, log: silent, temporal, sweeps: { everyMs: 50 } });
  try {
    await poll(
      'a watch that knows everybody',
      async () => (await db.segmentWatch.count({ where: { known: true } })) > 0,
    );
    const { id: contactId } = await contact();
    const row = { id: v7(), contactId, axis: 'fit', points: 80, rule: 'x', at: Date.now() } as const;
    await db.$transaction((tx) => givePoints(tx, [{ ...row, enrollmentId: null, visit: null, journeyKey: null }]));
    await poll('an enrollment', async () => (await runs()).length > 0);
  } finally {
    await loops.stop();
  }
  expect(await runs()).toEqual(['hot']);
});

import { Pump } from '../../activities/pump/pump';
import { sweepScores } from '../../activities/pump/sweep-scores';
import { sweepSegments } from '../../activities/pump/sweep-segments';
import { acceptEvents } from '../../prisma/stores/events';
import { saveSegment } from '../../prisma/stores/segments';
import { freshDatabase, type TestDatabase } from '../support/database';
import { happening, pumped, silent } from '../support/pump';
import { bothWays, ledgerOf, publishedModel, toldOf } from '../support/scores';

jest.setTimeout(120_000);

const day = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * day);
const soon = () => new Date(Date.now() + 60_000);
const keyOf = (who: string) => [`email:${who}@example.test`];
const page = (who: string, days = 0) => happening('page.viewed', { keys: keyOf(who), occurredAt: ago(days) });
const byPoints = (points: number, more = '') => `
model: points
explain: Every page counts.
engagement: [{ id: page, on: page.viewed, points: ${points}, per: day }]
${more}`;

let database: TestDatabase;
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

const contactOf = async (who: string) => {
  const { contactId } = await database.db.contactIdentity.findFirstOrThrow({ where: { value: `${who}@example.test` } });
  return contactId;
};

/** So many pages, one a minute from fifty days ago on, as though they had been processed; the score is counted from them. */
async function busy(who: string, pages: number): Promise<string> {
  const { db } = database;
  await pumped(db, [page(who, 60)]);
  const id = await contactOf(who);
  await db.$executeRaw`
    insert into event (origin, message_id, type, keys, bucket, properties, occurred_at, received_at, processed, turn, contact_id)
    select 'http', ${who} || i, 'page.viewed', array['contact:' || ${id}], 0, '{"path":"/"}',
           now() - interval '50 days' + i * interval '1 minute', now(), true, nextval('turn_seq'), ${id}::uuid
    from generate_series(1, ${pages}::int) i`;
  await db.scoreState.update({ where: { contactId: id }, data: { stale: true, nextCheckAt: ago(0) } });
  await sweepScores({ db, at: soon() });
  return id;
}

const stateOf = (contactId: string) => database.db.scoreState.findUniqueOrThrow({ where: { contactId } });
const same = async (contactId: string) => {
  const { stored, counted } = await bothWays(database.db, contactId);
  expect(stored).toEqual(counted);
};

test('late events of busy people hold up nobody', async () => {
  const { db } = database;
  await publishedModel(db, byPoints(1));
  const people = ['ann', 'ben', 'cas', 'dov'];
  const ids: string[] = [];
  for (const who of people) ids.push(await busy(who, 3_000));
  await acceptEvents(db, [...people.map((who) => page(who, 55)), page('eve')]);
  const { engagement: before } = await stateOf(ids[0] ?? '');
  expect(await new Pump({ db, log: silent }).once()).toEqual({ processed: 5, waiting: false });
  expect(await stateOf(await contactOf('eve'))).toMatchObject({ engagement: 1, late: false });
  for (const id of ids) expect(await stateOf(id)).toMatchObject({ engagement: before, late: true });
  await sweepScores({ db, at: soon() });
  for (const id of ids) {
    expect(await stateOf(id)).toMatchObject({ engagement: before + 1, late: false });
    await same(id);
  }
});

test('what is put off is counted once, and told', async () => {
  const { db } = database;
  await publishedModel(db, byPoints(1, 'tiers: { low: 1, medium: 5, high: 7 }'));
  const id = await busy('ann', 1_200);
  expect(await stateOf(id)).toMatchObject({ engagement: 2, tier: 'low' });
  await pumped(db, [page('ann', 54), page('ann', 56), page('ann')]);
  // What comes in its order counts meanwhile.
  expect(await stateOf(id)).toMatchObject({ engagement: 3, tier: 'low', late: true });
  await pumped(db, [page('ann', 58)]);
  await sweepScores({ db, at: soon() });
  expect(await stateOf(id)).toMatchObject({ engagement: 6, tier: 'medium', late: false });
  expect(await toldOf(db, id)).toEqual(['tier_changed none low', 'tier_changed low medium']);
  await same(id);
});

test('a late event rewrites what it changes alone', async () => {
  const { db } = database;
  await publishedModel(db, byPoints(1));
  await pumped(db, [page('ann', 40), page('ann', 30), page('ann', 20)]);
  const lines = () => db.scoreEntry.findMany({ orderBy: { at: 'asc' } });
  const [first, second, third] = await lines();
  await pumped(db, [page('ann', 35)]);
  const after = await lines();
  expect(after).toHaveLength(4);
  expect([after[0], after[2], after[3]]).toEqual([first, second, third]);
  expect(await db.scoreMark.count()).toBe(1);
});

test('who opted out long ago stays out', async () => {
  const { db } = database;
  await publishedModel(db, byPoints(10, 'resets: [{ id: gone, on: email.unsubscribed, until: contact.resubscribed }]'));
  await pumped(db, [page('ann', 70)]);
  const id = await contactOf('ann');
  await pumped(db, [happening('email.unsubscribed', { keys: keyOf('ann'), occurredAt: ago(65) })]);
  await busy('ann', 20_100);
  expect(await stateOf(id)).toMatchObject({ blocked: true, tier: 'none' });
  await pumped(db, [page('ann', 1)]);
  await sweepScores({ db, at: soon() });
  expect(await stateOf(id)).toMatchObject({ blocked: true, tier: 'none', late: false });
});

test('another model counts busy people by the sweep', async () => {
  const { db } = database;
  await publishedModel(db, byPoints(1));
  const id = await busy('ann', 1_200);
  await publishedModel(db, byPoints(40));
  await pumped(db, [page('ann')]);
  expect(await stateOf(id)).toMatchObject({ engagement: 2, tier: 'low' });
  await sweepScores({ db, at: soon() });
  expect(await stateOf(id)).toMatchObject({ engagement: 120, tier: 'high' });
  expect(await toldOf(db, id)).toEqual(['tier_changed none low']);
  expect(new Set(await ledgerOf(db, id))).toEqual(new Set(['rule page 40']));
  await same(id);
});

test('what busy people cross after a new model is told', async () => {
  const { db } = database;
  const tiers = 'tiers: { low: 1, medium: 50, high: 100 }';
  await publishedModel(db, byPoints(1, tiers));
  const id = await busy('ann', 1_200);
  const rows = { hot: 100, warm: 50 };
  for (const [key, atLeast] of Object.entries(rows)) {
    await saveSegment(db, key, { name: key, where: { score: 'total', atLeast }, expected: null });
  }
  await sweepSegments({ db, versions: new Map() });
  await publishedModel(db, byPoints(40, tiers));
  // 80 for the days of before is the model's, 120 is their own doing.
  await pumped(db, [page('ann')]);
  await sweepScores({ db, at: soon() });
  expect(await stateOf(id)).toMatchObject({ engagement: 120, tier: 'high', late: false });
  expect(await toldOf(db, id)).toEqual(['tier_changed none low', 'tier_changed medium high']);
  await pumped(db);
  await sweepSegments({ db, versions: new Map(), at: soon() });
  const entered = await db.event.findMany({ where: { type: 'segment.entered' } });
  expect(entered.map(({ properties }) => properties)).toMatchObject([{ segment: 'hot' }]);
  expect(await db.segmentMember.count()).toBe(2);
});

test('nobody is told to fall while their events wait', async () => {
  const { db } = database;
  const silence = 'silence: { after: 10 days, points: -5 }';
  await publishedModel(db, byPoints(5, silence));
  await pumped(db, [page('ann', 9)]);
  const id = await contactOf('ann');
  const later = new Date(Date.now() + 2 * day);
  await acceptEvents(db, [page('ann')]);
  await sweepScores({ db, at: later });
  expect(await toldOf(db, id)).toEqual(['tier_changed none low']);
  await pumped(db);
  await sweepScores({ db, at: new Date(later.getTime() + day) });
  expect(await toldOf(db, id)).toEqual(['tier_changed none low']);
  expect(await stateOf(id)).toMatchObject({ engagement: 10 });
});

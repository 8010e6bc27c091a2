import { asSweeper, letIn, sweepEdges, sweepSegments } from '../../activities/pump/sweep-segments';
import { segmentRound, SweepPace } from '../../activities/pump/segment-round';
import { standardScoreModel } from '../../prisma/catalog';
import { inTransaction } from '../../prisma/client';
import { mergeContacts } from '../../prisma/stores/merging/merge';
import { findingOf, findPage } from '../../prisma/stores/segment-people';
import { suppress } from '../../prisma/stores/suppressions';
import type { Condition } from '../../workflows/domain/conditions/condition';
import type { JsonObject } from '../../workflows/domain/json';
import { freshDatabase, type TestDatabase } from '../support/database';
import { inDays } from '../support/entries';
import { happening, pumped, silent } from '../support/pump';
import { publishedModel } from '../support/scores';

let database: TestDatabase;
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

const pricing = { did: 'page.viewed', where: { path: { startsWith: '/pricing' } } };
const segments: Record<string, Condition> = {
  'quiet-30': { not: { did: 'activity', within: '30 days' } },
  'quiet-90': { all: [{ did: 'activity' }, { not: { did: 'activity', within: '90 days' } }] },
  keen: { ...pricing, times: 2, within: '2 weeks' },
  'once-keen': { all: [{ ...pricing, times: 2 }, { not: { segment: 'keen' } }] },
  cooling: { all: [{ did: 'page.viewed', within: '60 days' }, { segment: 'quiet-30' }] },
  either: {
    any: [
      { field: 'country', is: 'DE' },
      { did: 'form.submitted', times: 3, within: '1 week' },
    ],
  },
  everybody: { not: { field: 'email', is: 'nobody' } },
};

async function save(wanted: Record<string, Condition> = segments) {
  for (const [key, condition] of Object.entries(wanted)) {
    await database.db
      .$executeRaw`insert into segment (key, name, condition) values (${key}, ${key}, ${JSON.stringify(condition)}::jsonb)`;
  }
}

/** Whom each is about: as it stands, and as the condition says. */
async function membersAt(at: Date) {
  const rows = await database.db.segmentMember.findMany({ orderBy: { contactId: 'desc' } });
  const stored = Object.keys(segments).map((key) => [
    key,
    rows.flatMap((row) => (row.segmentKey === key ? row.contactId : [])),
  ]);
  const counted = await Promise.all(
    Object.entries(segments).map(async ([key, condition]) => {
      const finding = await findingOf(database.db, condition, { at });
      return [key, (await findPage(database.db, finding, { after: null, size: 1_000 })).ids];
    }),
  );
  return { stored: Object.fromEntries(stored), counted: Object.fromEntries(counted) };
}

/** Forty people, who did something on some days of the last hundred. */
async function fill() {
  const { db } = database;
  const people = Array.from({ length: 40 }, (_, i) => i);
  const done = people.flatMap((i) =>
    Array.from({ length: i % 9 }, (_, n) => {
      const type = ['page.viewed', 'form.submitted', 'page.viewed'][(i + n) % 3] ?? '';
      const traits: JsonObject = i % 4 === 0 ? { country: i % 8 ? 'DE' : 'US', timezone: 'America/New_York' } : {};
      return happening(type, {
        keys: [`email:p${i}@example.test`],
        traits,
        properties: { path: n % 2 ? '/' : '/pricing' },
      });
    }),
  );
  await pumped(db, done);
  await db.$executeRaw`
    update event set received_at = received_at - make_interval(days => (seq * 37 % 100)::int, hours => (seq % 3)::int)`;
  await db.$executeRaw`update contact set created_at = now() - interval '200 days'`;
}

const told = () =>
  database.db.event.findMany({
    where: { type: { startsWith: 'segment.' } },
    orderBy: { seq: 'asc' },
    select: { type: true, contactId: true, properties: true, keys: true },
  });

test('time turns each segment when its periods end', async () => {
  const { db } = database;
  await fill();
  await save();
  const versions = new Map();
  const sweepAt = (at: Date) =>
    asSweeper({ db, versions, at, pageSize: 7 }, async (sweep) => {
      for (const watch of sweep.watches) await (watch.known ? sweepEdges(sweep, watch) : letIn(sweep, watch));
    });
  const start = new Date();
  await sweepAt(start);
  const before = await membersAt(start);
  expect(before.stored).toEqual(before.counted);
  expect(await told()).toEqual([]);

  for (let day = 3; day <= 120; day += 3) {
    const at = new Date(start.getTime() + day * 86_400_000);
    await sweepAt(at);
    const { stored, counted } = await membersAt(at);
    expect(stored).toEqual(counted);
  }
  // Each turn is told once: whoever was in leaves first, whoever was not enters first.
  const turns = await told();
  expect(turns.length).toBeGreaterThan(60);
  const places = new Map<string, boolean>(
    Object.entries(before.stored).flatMap(([key, ids]) =>
      (ids as string[]).map((id) => [`contact:${id} ${key}`, true] as const),
    ),
  );
  for (const { type, keys, properties } of turns) {
    const place = `${keys[0]} ${(properties as { segment: string }).segment}`;
    expect(places.get(place) ?? false).toBe(type === 'segment.left');
    places.set(place, type === 'segment.entered');
  }
});

test('events turn a saved segment that no journey names', async () => {
  const { db } = database;
  await pumped(db, [happening('identify', { traits: { country: 'FR' } })]);
  await save();
  await sweepSegments({ db, versions: new Map() });
  const visit = () => happening('page.viewed', { properties: { path: '/pricing/teams' } });
  await pumped(db, [visit(), happening('identify', { traits: { country: 'DE' } })]);
  await pumped(db, [visit()]);
  const turns = await told();
  expect(turns.map(({ type, properties }) => [type, (properties as { segment: string }).segment])).toEqual([
    ['segment.left', 'quiet-30'],
    ['segment.entered', 'either'],
    ['segment.entered', 'keen'],
  ]);
  const { stored, counted } = await membersAt(new Date());
  expect(stored).toEqual(counted);
});

test('a complaint turns who may be written to', async () => {
  const { db } = database;
  await save({ ok: { consent: 'product' } });
  await sweepSegments({ db, versions: new Map() });
  await pumped(db, [happening('identify', { traits: { email: 'ann@example.test' } })]);
  const of = { address: 'ann@example.test' };
  await inTransaction(db, (tx) =>
    suppress(tx, { of, channel: 'email', scope: 'global', reason: 'complained', source: {} }),
  );
  await pumped(db, [happening('email.complained')]);
  await pumped(db);
  expect((await told()).map(({ type }) => type)).toEqual(['segment.entered', 'segment.left']);
});

test('a merge turns nobody out while it is counted', async () => {
  const { db } = database;
  await publishedModel(db, standardScoreModel());
  await save({ hot: { score: 'total', atLeast: 40 } });
  await sweepSegments({ db, versions: new Map() });
  const of = (name: string, type: string) => happening(type, { keys: [`email:${name}@example.test`] });
  await pumped(db, [of('ann', 'demo.requested'), of('ann', 'webinar.attended'), of('ben', 'page.viewed')]);
  await pumped(db);
  const [ann, ben] = await db.contactIdentity.findMany({ where: { kind: 'email' }, orderBy: { value: 'asc' } });
  if (!ann || !ben) throw new Error('somebody is missing');
  const merging = { by: 'hand', reason: 'test', requestedBy: null, at: new Date() } as const;
  await mergeContacts(db, { stays: ben.contactId, goes: ann.contactId, ...merging });
  expect(await sweepSegments({ db, versions: new Map(), at: inDays(0.01) })).toBe(0);
  await pumped(db);
  await pumped(db);
  expect((await told()).map(({ type }) => type)).toEqual(['segment.entered']);
  expect(await db.segmentMember.findMany()).toMatchObject([{ contactId: ben.contactId }]);
});

test('somebody new is in at once where nothing need be told', async () => {
  const { db } = database;
  await save({ 'quiet-30': segments['quiet-30'] ?? { all: [] } });
  await sweepSegments({ db, versions: new Map() });
  await pumped(db, [happening('demo.requested')]);
  expect((await told()).map(({ type }) => type)).toEqual(['segment.entered']);
});

test('a round mends what no event told of', async () => {
  const { db } = database;
  await fill();
  await save();
  const pace = new SweepPace(60_000);
  let turned = 0;
  const round = (at: Date) =>
    segmentRound({ db, log: silent, versions: new Map(), pace, at, onTurned: () => (turned += 1) });
  await round(new Date());
  await db.contact.updateMany({ data: { country: 'DE' } });
  await round(inDays(0.01));
  expect(turned).toBe(0);
  // Two hours later everybody is looked at again.
  const at = inDays(0.1);
  await round(at);
  expect(turned).toBeGreaterThan(0);
  const { stored, counted } = await membersAt(at);
  expect(stored).toEqual(counted);
});

test('one process sweeps at a time', async () => {
  const { db } = database;
  await save();
  const deps = { db, versions: new Map() };
  const inner = await asSweeper(deps, () => asSweeper(deps, () => Promise.resolve('both')));
  expect(inner).toBeNull();
  expect(await asSweeper(deps, () => Promise.resolve('after'))).toBe('after');
});

test('the time spent on everybody is a tenth', () => {
  const pace = new SweepPace(60_000);
  expect(pace.allows()).toBe(true);
  pace.spend(6_500);
  expect(pace.allows()).toBe(false);
});

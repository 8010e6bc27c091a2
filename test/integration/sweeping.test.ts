import { v7 } from 'uuid';
import { asSweeper, letIn, recount, sweepAll, sweepSegments, type Sweep } from '../../activities/pump/sweep-segments';
import { segmentRound, SweepPace } from '../../activities/pump/segment-round';
import { judgeSuspects } from '../../activities/pump/judge-suspects';
import { settleSilently } from '../../activities/pump/turn-silently';
import { Pump } from '../../activities/pump/pump';
import { inTransaction, type Tx } from '../../prisma/client';
import { acceptEvents } from '../../prisma/stores/events';
import { mergeContacts } from '../../prisma/stores/merging/merge';
import { goOnSweeping, leaveSweep, takeSweep } from '../../prisma/stores/pump/sweep-lease';
import { saveSegment } from '../../prisma/stores/segments';
import type { JsonObject } from '../../workflows/domain/json';
import { freshDatabase, type TestDatabase } from '../support/database';
import { inDays } from '../support/entries';
import { poll } from '../support/poll';
import { happening, pumped, silent } from '../support/pump';

let database: TestDatabase;
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

async function save(key: string, where: JsonObject) {
  const saved = await saveSegment(database.db, key, { name: key, where, expected: null });
  if (saved.kind !== 'saved') throw new Error(JSON.stringify(saved));
}

/** What was told of segments, in order. */
async function told() {
  const rows = await database.db.event.findMany({
    where: { type: { startsWith: 'segment.' } },
    orderBy: { seq: 'asc' },
  });
  return rows.map(({ type, properties }) => {
    const { segment, because } = properties as { segment: string; because: string };
    return `${type} ${segment}: ${because}`;
  });
}

async function watchOf(sweep: Sweep, key: string) {
  const watch = sweep.watches.find((one) => one.key === key);
  if (!watch) throw new Error(`${key} is not watched`);
  return watch;
}

/** As if they had been there for long. */
const settleIn = () => database.db.$executeRaw`update contact set created_at = now() - interval '50 days'`;

test('who was merged meanwhile turns no more', async () => {
  const { db } = database;
  const of = (name: string) => happening('page.viewed', { keys: [`email:${name}@example.test`] });
  await pumped(db, [of('ann'), of('ben')]);
  await save('quiet', { not: { did: 'page.viewed', within: '30 days' } });
  await sweepSegments({ db, versions: new Map() });
  const [ann, ben] = await db.contactIdentity.findMany({ where: { kind: 'email' }, orderBy: { value: 'asc' } });
  if (!ann || !ben) throw new Error('somebody is missing');
  const merging = { by: 'hand', reason: 'test', requestedBy: null, at: new Date() } as const;
  await mergeContacts(db, { stays: ben.contactId, goes: ann.contactId, ...merging });
  await pumped(db);
  const turned = await asSweeper({ db, versions: new Map() }, async (sweep) =>
    judgeSuspects({ ...sweep, watch: await watchOf(sweep, 'quiet') }, [ann.contactId, ben.contactId]),
  );
  await pumped(db);
  expect(turned).toEqual({ turned: 0, waiting: 0 });
  expect(await told()).toEqual([]);
  expect(await db.segmentMember.count()).toBe(0);
});

test('who left before they were let in stays out', async () => {
  const { db } = database;
  await pumped(db, [happening('page.viewed')]);
  await db.event.updateMany({ data: { receivedAt: inDays(-40) } });
  await settleIn();
  await save('quiet', { not: { did: 'page.viewed', within: '30 days' } });
  await asSweeper({ db, versions: new Map() }, async (sweep) => {
    await pumped(db, [happening('page.viewed')]);
    await letIn(sweep, await watchOf(sweep, 'quiet'));
  });
  expect(await db.segmentMember.count()).toBe(0);
  await sweepSegments({ db, versions: new Map() });
  expect(await told()).toEqual(['segment.left quiet: page.viewed']);
});

test('somebody new enters once before any sweep', async () => {
  const { db } = database;
  await save('viewers', { did: 'page.viewed' });
  await acceptEvents(db, [happening('page.viewed'), happening('page.viewed'), happening('page.viewed')]);
  const pump = new Pump({ db, log: silent });
  for (let processed = 1; processed > 0;) {
    // One event a batch.
    Object.assign(pump, { size: 1 });
    ({ processed } = await pump.once());
  }
  await sweepSegments({ db, versions: new Map() });
  expect(await told()).toEqual(['segment.entered viewers: page.viewed']);
});

test('whom an event turned out, an older look leaves out', async () => {
  const { db } = database;
  await pumped(db, [happening('a')]);
  await settleIn();
  await db.event.updateMany({ data: { receivedAt: new Date(Date.now() - 600_000 + 1_000) } });
  await save('keen', { all: [{ did: 'a', within: '10 minutes' }, { not: { did: 'b', times: 9 } }] });
  await sweepSegments({ db, versions: new Map() });
  expect(await db.segmentMember.count()).toBe(1);
  await asSweeper({ db, versions: new Map() }, async (sweep) => {
    await db.event.updateMany({ where: { type: 'a' }, data: { receivedAt: new Date(sweep.at - 600_000 + 1) } });
    await pumped(db, [happening('b')]);
    await sweepAll(sweep, await watchOf(sweep, 'keen'));
  });
  await sweepSegments({ db, versions: new Map() });
  expect(await told()).toEqual(['segment.left keen: b']);
});

test('time does not overtake what waits in the queue', async () => {
  const { db } = database;
  await pumped(db, [happening('page.viewed')]);
  await settleIn();
  await db.event.updateMany({ data: { receivedAt: new Date(Date.now() - 30 * 86_400_000 + 60_000) } });
  await save('quiet', { not: { did: 'page.viewed', within: '30 days' } });
  const sweepAt = (minutes: number) => sweepSegments({ db, versions: new Map(), at: inDays(minutes / 1440) });
  await sweepAt(0);
  await acceptEvents(db, [happening('page.viewed')]);
  await sweepAt(2);
  expect(await told()).toEqual([]);
  await pumped(db);
  await sweepAt(3);
  expect(await told()).toEqual([]);
});

test('a watch that fails stops none of the others', async () => {
  const { db } = database;
  await pumped(db, [happening('page.viewed')]);
  await save('good', { did: 'page.viewed' });
  await save('bad', { did: 'page.viewed' });
  // Stored by a version that took it: more parameters than a statement has.
  const condition = { any: Array.from({ length: 9_000 }, () => ({ did: 'a' })) };
  await db.segment.update({ where: { key: 'bad' }, data: { condition } });
  const pace = new SweepPace(60_000);
  const failed: string[] = [];
  const log = Object.assign(Object.create(silent) as typeof silent, {
    warn: ({ watch, look }: { watch: string; look: string }) => failed.push(`${look} ${watch}`),
  });
  const round = () => segmentRound({ db, log, versions: new Map(), pace, onTurned: () => undefined });
  await round();
  await round();
  expect(failed).toEqual(['join bad']);
  const watches = await db.segmentWatch.findMany({ where: { key: { in: ['bad', 'good'] } }, orderBy: { key: 'asc' } });
  expect(watches.map(({ known, people }) => [known, people])).toEqual([
    [false, null],
    [true, 1],
  ]);
}, 60_000);

/** What runs while another transaction holds these rows, and longer than a statement waits for them. */
async function whileHeld(hold: (tx: Tx) => Promise<unknown>, run: () => Promise<unknown>) {
  await inTransaction(
    database.db,
    async (tx) => {
      await hold(tx);
      await run();
    },
    { timeoutMs: 20_000 },
  );
}

test('a watch that waited in vain is tried next round', async () => {
  const { db } = database;
  await pumped(db, [happening('page.viewed')]);
  await settleIn();
  await save('viewers', { did: 'page.viewed' });
  const deps = { db, log: silent, versions: new Map(), pace: new SweepPace(60_000), onTurned: () => undefined };
  const known = async () => (await db.segmentWatch.findUniqueOrThrow({ where: { key: 'viewers' } })).known;
  await whileHeld(
    (tx) => tx.$queryRaw`select id from contact for no key update`,
    () => segmentRound(deps),
  );
  expect(await known()).toBe(false);
  await segmentRound(deps);
  expect(await known()).toBe(true);
}, 60_000);

test('a segment that is busy lets others be counted', async () => {
  const { db } = database;
  const where = { did: 'page.viewed' };
  for (const key of ['busy', 'calm', 'other']) await save(key, where);
  await sweepSegments({ db, versions: new Map() });
  await pumped(db, [happening('page.viewed')]);
  const deps = { db, log: silent, versions: new Map(), pace: new SweepPace(60_000), onTurned: () => undefined };
  const people = async () => {
    const rows = await db.segmentWatch.findMany({ where: { key: { in: ['busy', 'calm', 'other'] } } });
    return rows.map((row) => `${row.key} ${row.people ?? 0}`).sort();
  };
  await whileHeld(
    (tx) => tx.$queryRaw`select key from segment_watch where key = 'calm' for key share`,
    () => segmentRound(deps),
  );
  expect(await people()).toEqual(['busy 1', 'calm 0', 'other 1']);
  await segmentRound(deps);
  expect(await people()).toEqual(['busy 1', 'calm 1', 'other 1']);
}, 60_000);

test('who stood still ends nobody else', async () => {
  const { db } = database;
  const [slow, next, third] = [v7(), v7(), v7()];
  expect(await takeSweep(db, slow)).toBe(true);
  await db.$executeRaw`update segment_sweep set taken_until = now() - interval '1 second'`;
  expect(await takeSweep(db, next)).toBe(true);
  expect(await goOnSweeping(db, slow)).toBe(false);
  await leaveSweep(db, slow);
  expect(await takeSweep(db, third)).toBe(false);
  await leaveSweep(db, next);
  expect(await takeSweep(db, third)).toBe(true);
});

test('the people of a segment are counted as they turn', async () => {
  const { db } = database;
  await save('viewers', { did: 'page.viewed' });
  const people = async () => (await db.segmentWatch.findUniqueOrThrow({ where: { key: 'viewers' } })).people;
  await sweepSegments({ db, versions: new Map() });
  expect(await people()).toBe(0);
  await pumped(db, [happening('page.viewed'), happening('page.viewed', { keys: ['email:ben@example.test'] })]);
  await asSweeper({ db, versions: new Map() }, recount);
  expect(await people()).toBe(2);
  const { countedAt } = await db.segmentWatch.findUniqueOrThrow({ where: { key: 'viewers' } });
  await asSweeper({ db, versions: new Map() }, recount);
  expect(await db.segmentWatch.findUniqueOrThrow({ where: { key: 'viewers' } })).toMatchObject({ countedAt });
});

test('who is read in another way enters nothing', async () => {
  const { db } = database;
  await pumped(db, [happening('page.viewed')]);
  await db.contact.updateMany({ data: { settled: false, country: 'Germany' } });
  await settleIn();
  await save('german', { field: 'country', is: 'DE' });
  await save('viewers', { all: [{ field: 'country', is: 'DE' }, { did: 'form.submitted' }] });
  await sweepSegments({ db, versions: new Map() });
  const { id } = await db.contact.findFirstOrThrow();
  await inTransaction(db, (tx) => settleSilently(tx, [id]));
  expect((await db.contact.findFirstOrThrow()).country).toBe('DE');
  expect(await db.segmentMember.findMany()).toMatchObject([{ segmentKey: 'german', contactId: id }]);
  await sweepSegments({ db, versions: new Map(), at: inDays(0.1) });
  expect(await told()).toEqual([]);
  await pumped(db, [happening('form.submitted')]);
  expect(await told()).toEqual(['segment.entered viewers: form.submitted']);
});

describe('many at once', () => {
  const quiet = { not: { did: 'page.viewed', within: '30 days' } };
  const keysOf = (i: number) => [`email:p${i}@example.test`];
  const view = (i: number) => happening('page.viewed', { keys: keysOf(i) });

  /** Thirty-six people whom time turns into `quiet` just now; by number. */
  async function fill() {
    const { db } = database;
    await pumped(
      db,
      Array.from({ length: 36 }, (_, i) => view(i)),
    );
    await save('quiet', quiet);
    await sweepSegments({ db, versions: new Map() });
    await db.event.updateMany({ data: { receivedAt: inDays(-31) } });
    const rows = await db.contactIdentity.findMany({ where: { kind: 'email' } });
    const ids = new Map(rows.map(({ value, contactId }) => [value, contactId]));
    return Array.from({ length: 36 }, (_, i) => ids.get(`p${i}@example.test`) ?? '');
  }

  /** Judges of their own, at instants of their own: neither a lease nor the id of a message keeps them apart. */
  async function judging(ids: readonly string[]): Promise<() => Promise<void>> {
    const { db } = database;
    const found = await asSweeper({ db, versions: new Map(), pageSize: 5 }, async (sweep) => ({
      sweep,
      watch: await watchOf(sweep, 'quiet'),
    }));
    if (!found) throw new Error('somebody else sweeps');
    const { sweep, watch } = found;
    return async () => {
      const judges = Array.from({ length: 5 }, (_, i) => judgeSuspects({ ...sweep, watch, at: sweep.at + i }, ids));
      await Promise.all(judges);
    };
  }

  test('tell of each turn once, merges and events between', async () => {
    const { db } = database;
    const ids = await fill();
    const judge = await judging(ids);
    const merging = { by: 'hand', reason: 'test', requestedBy: null, at: new Date() } as const;
    const merges = async () => {
      for (let i = 24; i < 36; i += 2) {
        await mergeContacts(db, { stays: ids[i] ?? '', goes: ids[i + 1] ?? '', ...merging });
      }
    };
    const saves = async () => {
      for (const country of ['DE', 'FR', 'IT']) await save('other', { field: 'country', is: country });
    };
    const some = Array.from({ length: 12 }, (_, i) => view(2 * i));
    await Promise.all([judge(), pumped(db, some), merges(), saves()]);
    await judge();
    await pumped(db);
    expect(await sweepSegments({ db, versions: new Map() })).toBe(0);

    const rows = await db.event.findMany({ where: { type: { startsWith: 'segment.' } }, orderBy: { seq: 'asc' } });
    const last = new Map<string, string>();
    const twice = rows.filter(({ keys: [of = ''], type }) => {
      const before = last.get(of);
      last.set(of, type);
      return before === type;
    });
    expect(twice).toEqual([]);
    const members = await db.segmentMember.findMany({ where: { segmentKey: 'quiet' } });
    const expected = ids.filter((_, i) => (i < 24 ? i % 2 === 1 : i % 2 === 0));
    expect(members.map(({ contactId }) => contactId).sort()).toEqual([...expected].sort());
  }, 60_000);

  test('find nobody in it by what it meant before', async () => {
    const { db } = database;
    const ids = await fill();
    const judge = await judging(ids);
    const anew = async () => {
      await poll('the first to turn', async () => (await db.segmentMember.count()) > 0);
      await save('quiet', { did: 'form.submitted' });
    };
    await Promise.all([judge(), anew()]);
    await pumped(db);
    expect(await db.segmentMember.count()).toBe(0);
    expect(await sweepSegments({ db, versions: new Map() })).toBe(0);
  }, 60_000);
});

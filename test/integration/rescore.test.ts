import { rescorePage } from '../../activities/jobs/rescore';
import { sweepScores } from '../../activities/pump/sweep-scores';
import { sweepSegments } from '../../activities/pump/sweep-segments';
import { inTransaction, type Db, type Tx } from '../../prisma/client';
import { patchContact } from '../../prisma/stores/contacts';
import { mergeUnderLocks } from '../../prisma/stores/merging/merge';
import { saveScoreModel } from '../../prisma/stores/score-model';
import { publishScoreModel } from '../../prisma/stores/score-model-versions';
import { readScores } from '../../prisma/stores/scores/read';
import { freshDatabase, type TestDatabase } from '../support/database';
import { inDays, restingJourney } from '../support/entries';
import { runPages } from '../support/job-runs';
import { publishedJourney } from '../support/journeys';
import { poll } from '../support/poll';
import { happening, pumped } from '../support/pump';

let database: TestDatabase;
let db: Db;
beforeEach(async () => {
  database = await freshDatabase();
  db = database.db;
}, 60_000);
afterEach(() => database.drop());

/** A model by which a page gives so many points; answers the job that counts everybody by it. */
async function published(points: number, { tell = false } = {}): Promise<string | null> {
  const engagement = [{ id: 'page', on: 'page.viewed', points }];
  await saveScoreModel(db, { source: { model: 'pages', explain: 'Pages count.', engagement } });
  const done = await publishScoreModel(db, { tell });
  if (done?.kind !== 'published') throw new Error('the model was not published');
  return done.job?.id ?? null;
}

async function rescored(jobId: string | null, most = Infinity) {
  if (jobId === null) throw new Error('there is no job');
  return runPages(db, rescorePage, { job: jobId, most });
}

/** So many people with a page each, all of them pumped. */
async function visitors(count: number): Promise<string[]> {
  const keys = Array.from({ length: count }, (_, i) => `email:p${i}@example.test`);
  await pumped(
    db,
    keys.map((key) => happening('page.viewed', { keys: [key], properties: { path: '/' } })),
  );
  const rows = await db.contact.findMany({ select: { id: true }, orderBy: { id: 'asc' } });
  return rows.map(({ id }) => id);
}

async function totals(ids: readonly string[]): Promise<number[]> {
  const scores = await readScores(db, ids);
  return [...new Set(ids.map((id) => scores.get(id)?.total ?? NaN))];
}

const told = () => db.event.count({ where: { type: 'score.tier_changed', origin: 'inside' } });

test('everybody is counted by the new model', async () => {
  await published(5);
  const ids = await visitors(250);
  const { state, progress } = await rescored(await published(30));
  expect({ state, progress }).toMatchObject({ state: 'done', progress: { total: 250, done: 250, counted: 250 } });
  expect(await totals(ids)).toEqual([30]);
});

test('a new model is no storm of events', async () => {
  await published(5);
  await visitors(3);
  const before = await told();
  await rescored(await published(30));
  expect(await told()).toBe(before);
});

describe('while somebody else holds them', () => {
  /** Lets a page of the job wait for a contact's lock while `other` works under it. */
  async function meanwhile(contactId: string, jobId: string | null, other: (tx: Tx) => Promise<unknown>) {
    const pages: Promise<unknown>[] = [];
    await inTransaction(
      db,
      async (tx) => {
        await tx.$queryRaw`select id from contact where id = ${contactId}::uuid for no key update`;
        pages.push(rescored(jobId, 1));
        await poll('the job to wait', async () => {
          const [row] = await db.$queryRaw<{ waiting: boolean }[]>`
            select exists (select from pg_stat_activity
              where datname = current_database() and wait_event_type = 'Lock') as waiting`;
          return row?.waiting;
        });
        await other(tx);
      },
      { timeoutMs: 20_000 },
    );
    await Promise.all(pages);
  }

  test('an older job leaves them to the newer', async () => {
    await published(5);
    const [id = ''] = await visitors(1);
    const older = await published(30);
    await meanwhile(id, older, () => published(40));
    await pumped(db, [happening('page.viewed', { keys: ['email:p0@example.test'] })]);
    expect(await totals([id])).toEqual([80]);
    expect(await db.scoreEntry.findMany({ select: { points: true }, where: { points: 30 } })).toEqual([]);
  });

  test('nobody is counted who was merged meanwhile', async () => {
    await published(5);
    const [stays = '', goes = ''] = await visitors(2);
    const job = await published(30);
    const merge = { stays, goes, by: 'hand', reason: 'test', at: new Date(), requestedBy: null } as const;
    await meanwhile(stays, job, (tx) => mergeUnderLocks(tx, merge));
    expect(await db.scoreState.findMany({ select: { contactId: true } })).toEqual([{ contactId: stays }]);
    expect(await db.scoreEntry.count({ where: { contactId: goes } })).toBe(0);
  });
});

test('the first points are told, of those who came later', async () => {
  const fit = [{ id: 'vp', when: { field: 'seniority', is: 'vp' }, points: 15 }];
  await saveScoreModel(db, { source: { model: 'fit', explain: 'Titles count.', fit } });
  await publishScoreModel(db);
  await pumped(db, [happening('app.used', { keys: ['email:later@example.test'] })]);
  const { contactId } = await db.contactIdentity.findFirstOrThrow({ where: { value: 'later@example.test' } });
  const before = await told();
  await patchContact(db, contactId, { fields: { jobTitle: 'VP Sales' }, traits: {}, at: new Date() });
  await pumped(db);
  expect(await totals([contactId])).toEqual([15]);
  expect(await told()).toBe(before + 1);
});

describe('segments and journeys by points', () => {
  const sweep = async () => {
    const turned = await sweepSegments({ db, versions: new Map(), at: inDays(0.01) });
    await pumped(db);
    return turned;
  };
  const heard = () =>
    db.event.count({ where: { type: { in: ['segment.entered', 'segment.left', 'journey.requested'] } } });
  const members = async () => {
    const rows = await db.segmentMember.groupBy({ by: ['segmentKey'], _count: true, orderBy: { segmentKey: 'asc' } });
    return rows.map(({ segmentKey, _count }) => `${segmentKey.split(':')[0] ?? ''} ${_count}`);
  };
  const page = (id = '') => happening('page.viewed', { keys: [`contact:${id}`], properties: { path: '/' } });

  /** Three people at five points, in `cool`, and a model that makes them 50, told or not; answers its job. */
  async function watched({ tell = false } = {}): Promise<{ job: string | null; ids: string[] }> {
    await published(5);
    const ids = await visitors(3);
    await saveSegment('hot', { score: 'total', atLeast: 40 });
    await saveSegment('cool', { not: { segment: 'hot' } });
    await publishedJourney(db, restingJourney('keen', 'entry: [{ becomes: { tier: high } }]\nreentry: always'));
    await sweepSegments({ db, versions: new Map() });
    expect(await members()).toEqual(['cool 3']);
    return { job: await published(80, { tell }), ids };
  }
  const saveSegment = (key: string, condition: object) => db.segment.create({ data: { key, name: key, condition } });

  const ways: Record<string, (it: { job: string | null; ids: string[] }) => Promise<unknown>> = {
    'the job': ({ job }) => rescored(job),
    'the pump': ({ ids }) =>
      pumped(
        db,
        ids.map((id) => page(id)),
      ),
    time: async () => {
      await db.scoreState.updateMany({ data: { nextCheckAt: new Date() } });
      return sweepScores({ db });
    },
  };
  test.each(Object.entries(ways))('a new model turns them in silence: %s', async (_, counts) => {
    await counts(await watched());
    await pumped(db);
    expect(await members()).toEqual(['becomes 3', 'hot 3']);
    expect(await sweep()).toBe(0);
    expect(await heard()).toBe(0);
  });

  test('they are not turned before they are counted', async () => {
    const { job } = await watched();
    await db.scoreState.updateMany({ data: { engagement: 50 } });
    expect(await sweep()).toBe(0);
    await db.scoreState.updateMany({ data: { engagement: 5 } });
    await rescored(job);
    expect(await heard()).toBe(0);
  });

  test('asked to tell, they are told too', async () => {
    const { job } = await watched({ tell: true });
    await rescored(job);
    await pumped(db);
    await sweep();
    expect(await members()).toEqual(['becomes 3', 'hot 3']);
    expect(await heard()).toBe(9);
  });

  test('what somebody does afterwards is told', async () => {
    const { ids } = await watched();
    await published(30);
    // 30 for the page of before is the model's, 60 is their own doing.
    await pumped(db, [page(ids[0])]);
    await pumped(db);
    expect(await members()).toEqual(['cool 2', 'hot 1']);
    expect(await heard()).toBe(2);
  });
});

test('asked to tell, each crossing is told once', async () => {
  await published(5);
  const ids = await visitors(120);
  const before = await told();
  const job = await published(30, { tell: true });
  await rescored(job, 1);
  // Somebody whom the job has not come to yet does something: the pump counts them by the new model first.
  await pumped(db, [happening('page.viewed', { keys: [`contact:${ids.at(-1) ?? ''}`], properties: { path: '/' } })]);
  await rescored(job);
  await pumped(db);
  expect((await told()) - before).toBe(120);
});

test('who was counted meanwhile stays', async () => {
  await published(5);
  const ids = await visitors(2);
  const job = await published(30);
  await pumped(db, [happening('page.viewed', { keys: [`contact:${ids[0] ?? ''}`], properties: { path: '/' } })]);
  const { progress } = await rescored(job);
  expect(progress).toMatchObject({ done: 2, counted: 1 });
  expect(await totals(ids.slice(0, 1))).toEqual([60]);
});

test('a newer model ends the job before', async () => {
  await published(5);
  const ids = await visitors(150);
  const older = await published(30);
  const { progress } = await rescored(older, 1);
  const newer = await published(40);
  const left = 150 - (progress.done ?? 0);
  expect(left).toBeGreaterThan(0);
  expect(await rescored(older)).toMatchObject({ state: 'done', result: { overtaken: true, left } });
  await rescored(newer);
  expect(await totals(ids)).toEqual([40]);
});

test('a killed page is done again, once', async () => {
  await published(5);
  const ids = await visitors(101);
  const job = await published(30);
  const [first, second] = await Promise.all([rescored(job, 1), rescored(job, 1)]);
  expect(first.id).toBe(second.id);
  const { progress } = await rescored(job);
  expect(progress.done).toBe(101);
  expect(await totals(ids)).toEqual([30]);
  expect(await db.scoreEntry.count({ where: { kind: 'rule' } })).toBe(101);
});

import { asSweeper, letIn, sweepAll, sweepSegments, type Sweep } from '../../activities/pump/sweep-segments';
import { judgeSuspects } from '../../activities/pump/judge-suspects';
import { Pump } from '../../activities/pump/pump';
import { acceptEvents } from '../../prisma/stores/events';
import { mergeContacts } from '../../prisma/stores/merging/merge';
import { saveSegment } from '../../prisma/stores/segments';
import type { JsonObject } from '../../workflows/domain/json';
import { freshDatabase, type TestDatabase } from '../support/database';
import { inDays } from '../support/entries';
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
  expect(turned).toBe(0);
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


import { v7 } from 'uuid';
import { publishJourney } from '../../prisma/stores/journey-versions';
import { inTransaction } from '../../prisma/client';
import { saveDraft } from '../../prisma/stores/journeys';
import { createJob } from '../../prisma/stores/jobs';
import { keepWatch } from '../../prisma/stores/pump/watches';
import { deleteSegment, saveSegment } from '../../prisma/stores/segments';
import { waitersOnLocks } from '../property/support/people';
import { freshDatabase, type TestDatabase } from '../support/database';
import { restingJourney } from '../support/entries';
import { publishedJourney } from '../support/journeys';

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

const where = { field: 'country', is: 'DE' };
const save = (key: string) => saveSegment(database.db, key, { name: key, where, expected: null });

test('what is being published names nothing that is gone', async () => {
  const { db } = database;
  for (let i = 0; i < 12; i += 1) {
    const key = `s${i}`;
    await save(key);
    const source = restingJourney(`j${i}`, `entry: [{ event: cart.updated }]\nunless: { segment: ${key} }`);
    await saveDraft(db, `j${i}`, { source });
    const [published, deleted] = await Promise.all([publishJourney(db, `j${i}`), deleteSegment(db, key, null)]);
    expect([published?.kind, deleted.kind]).toEqual(
      deleted.kind === 'deleted' ? ['invalid', 'deleted'] : ['published', 'used'],
    );
  }
});

test('a segment that a job goes through stays', async () => {
  const { db } = database;
  await save('listed');
  await publishedJourney(db, restingJourney('asked', 'entry: [{ event: cart.updated }]'));
  const input = { journey: 'asked', by: 'segment', who: { not: { segment: 'listed' } } };
  const job = await createJob(db, { id: v7(), kind: 'enroll-many', input, requestedBy: null });
  expect(await deleteSegment(db, 'listed', null)).toMatchObject({ kind: 'used', journeys: ['asked'] });
  await db.job.update({ where: { id: job.id }, data: { state: 'done' } });
  expect(await deleteSegment(db, 'listed', null)).toEqual({ kind: 'deleted' });
});

test('who keeps several of what is forgotten is waited for', async () => {
  const { db } = database;
  // Stored the other way round than they are named: a delete alone would lock them so.
  for (const key of ['segment:b', 'segment:a'])
    await db.segmentWatch.create({ data: { key, meaning: 'before', since: new Date() } });
  let saved: Promise<unknown> | undefined;
  await inTransaction(db, async (tx) => {
    await keepWatch(tx, { key: 'segment:a', meaning: 'before' });
    saved = save('other');
    saved.catch(() => undefined);
    await waitersOnLocks(db, 1);
    expect(await keepWatch(tx, { key: 'segment:b', meaning: 'before' })).toBe(true);
  });
  await saved;
  expect(await db.segmentWatch.count({ where: { meaning: 'before' } })).toBe(0);
});

import { v7 } from 'uuid';
import { mergeDuplicatesPage } from '../../activities/jobs/merge-duplicates';
import type { Db } from '../../prisma/client';
import { createJob, findJob, type Job } from '../../prisma/stores/jobs';
import { freshDatabase, type TestDatabase } from '../support/database';
import { contactWith } from '../support/journeys';

let database: TestDatabase;
let db: Db;
beforeEach(async () => {
  database = await freshDatabase();
  db = database.db;
});
afterEach(() => database.drop());

async function aJob(): Promise<Job> {
  const id = v7();
  const of = { kind: 'merge-duplicates' as const, input: { rule: 'email' }, progress: { done: 0 }, requestedBy: null };
  await createJob(db, { id, ...of });
  const job = await findJob(db, id);
  if (!job) throw new Error('it was made');
  return job;
}

const left = () => db.contact.count({ where: { mergedInto: null } });

test('a group of any size becomes one', async () => {
  for (let i = 0; i < 52; i += 1) await contactWith(db, `crowd+${i}@x.test`);
  let job = await aJob();
  let pages = 0;
  for (let to: string | null = ''; to !== null; pages += 1) {
    ({ to } = await mergeDuplicatesPage({ db }, job));
    job = { ...job, cursor: to };
  }
  expect([await left(), pages]).toEqual([1, 2]);
}, 120_000);

test('a pair that takes too long is left alone', async () => {
  for (const name of ['a', 'b']) for (const tag of ['', '+1']) await contactWith(db, `${name}${tag}@x.test`);
  let merges = 0;
  const slow = new Proxy(db, {
    get: (target, name) =>
      name === '$transaction'
        ? (...given: Parameters<Db['$transaction']>) => {
            merges += 1;
            // The first transaction looks for the groups.
            if (merges === 2) throw Object.assign(new Error('canceling statement'), { code: '57014' });
            return target.$transaction(...given);
          }
        : Reflect.get(target, name),
  });
  const page = await mergeDuplicatesPage({ db: slow }, await aJob());
  expect(page).toMatchObject({
    to: null,
    counts: { done: 1 },
    refused: [{ reason: expect.stringMatching(/too long/) }],
  });
  expect(await left()).toBe(3);
});

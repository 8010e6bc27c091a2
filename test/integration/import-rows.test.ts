import { v7 } from 'uuid';
import { dropRows, readRows, stageRows } from '../../prisma/stores/imports';
import { freshDatabase, type TestDatabase } from '../support/database';

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

test('long rows are read a few at a time, each once', async () => {
  const { db } = database;
  const jobId = v7();
  const long = 'x'.repeat(31 * 1024);
  const lines = Array.from({ length: 100 }, (_, i) => i + 2);
  await stageRows(
    db,
    jobId,
    lines.map((line) => ({ line, row: { cells: [long] } })),
  );
  const read: number[][] = [];
  for (let after = 0; ;) {
    const rows = await readRows(db, jobId, { after, limit: 1_000 });
    if (rows.length === 0) break;
    read.push(rows.map(({ line }) => line));
    after = rows.at(-1)?.line ?? after;
  }
  expect(read.flat()).toEqual(lines);
  expect(Math.max(...read.map(({ length }) => length))).toBeLessThan(40);
});

test('rows are taken away over many slices', async () => {
  const { db } = database;
  const jobId = v7();
  // All of the first slice are refused, and every other one of the rest.
  await db.$executeRaw`
    insert into import_row (job_id, line, data)
    select ${jobId}::uuid, line, '{"cells": []}' from generate_series(2, 60001) line`;
  await db.$executeRaw`
    insert into job_refusal (job_id, subject, reason)
    select ${jobId}::uuid, line::text, 'so' from generate_series(2, 60001) line where line <= 20001 or line % 2 = 0`;
  await dropRows(db, jobId, 'taken');
  expect(await db.importRow.count({ where: { jobId } })).toBe(40_000);
  await dropRows(db, jobId);
  expect(await db.importRow.count({ where: { jobId } })).toBe(0);
});

import { createDb, inTransaction } from '../../prisma/client';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { applyMigrations } from '../../prisma/migrate';
import { freshDatabase, type TestDatabase } from '../support/database';

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

test('nothing is pending on a migrated database', async () => {
  expect(await applyMigrations(database.url)).toEqual([]);
});

test('a database out of reach says so', async () => {
  const migrating = applyMigrations('postgresql://nobody@localhost:1/none');
  await expect(migrating).rejects.toThrow(/no connection to the database: connect ECONNREFUSED/);
});

test('every session has UTC and time-outs', async () => {
  const names = ['TimeZone', 'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'];
  const [row] = await database.db.$queryRaw<{ values: string[] }[]>`
    select array(select current_setting(n) from unnest(${names}::text[]) with ordinality t(n, i) order by i) as values`;
  expect(row?.values).toEqual(['UTC', '4s', '2s', '5s']);
});

test('options in the connection string are kept', async () => {
  const db = createDb(`${database.url}?options=-c%20work_mem%3D5MB`);
  const [row] = await db.$queryRaw<object[]>`select current_setting('work_mem') mem, current_setting('TimeZone') zone`;
  await db.$disconnect();
  expect(row).toEqual({ mem: '5MB', zone: 'UTC' });
});

test('a transaction that throws leaves nothing', async () => {
  const { db } = database;
  const failing = inTransaction(db, async (tx) => {
    await tx.setting.create({ data: { id: 7, document: {} } });
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await db.setting.count({ where: { id: 7 } })).toBe(0);
});

describe('from the command line', () => {
  const run = (script: string, ...args: string[]) =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', join(__dirname, '../..', script), ...args], {
      env: { DATABASE_URL: database.url },
    });

  test('migrating adds the catalogue as drafts', async () => {
    expect((await run('prisma/migrate.ts')).stdout).toBe('nothing to apply\n');
    const journeys = await database.db.journey.findMany();
    expect(journeys.map(({ status }) => status)).toEqual(journeys.map(() => 'draft'));
    expect(journeys.length).toBeGreaterThan(0);
  });

  test('a key is made with the scopes asked for', async () => {
    const { stdout } = await run('stack/create-key.ts', 'reports', 'read');
    const rows = await database.db.apiKey.findMany({ where: { name: 'reports' } });
    expect(rows).toEqual([expect.objectContaining({ scopes: ['read'], prefix: stdout.slice(0, 8) })]);
    await expect(run('stack/create-key.ts', 'reports', 'everything')).rejects.toThrow('usage');
  });
});

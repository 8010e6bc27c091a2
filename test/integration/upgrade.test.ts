import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { applyMigrations } from '../../prisma/migrate';
import { setting } from '../support/environment';

const migrations = join(__dirname, '../../prisma/migrations');
const first = mkdtempSync(join(tmpdir(), 'nurture-first-'));
const url = new URL(setting('postgres'));
const name = `upgrade_${randomUUID().replaceAll('-', '')}`;
url.pathname = `/${name}`;

async function query(at: string, sql: string) {
  const client = new pg.Client(at);
  await client.connect();
  try {
    return (await client.query<{ graph: object }>(sql)).rows;
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  cpSync(join(migrations, '20261123000000_init'), join(first, '20261123000000_init'), { recursive: true });
  await query(setting('postgres'), `CREATE DATABASE ${name} TEMPLATE template0`);
  await applyMigrations(url.href, first);
});
afterAll(async () => {
  rmSync(first, { recursive: true });
  await query(setting('postgres'), `DROP DATABASE ${name} WITH (FORCE)`);
});

test('versions published before still let people in', async () => {
  const graph = (entries: object[]) => JSON.stringify({ journey: 'a', first: 'done', entries });
  const version = (number: number, entries: object[]) =>
    `('${randomUUID()}', 'a', ${number}, '', '{}', '${graph(entries)}', '')`;
  const form = { event: 'form.submitted', where: { form: 'ebook' } };
  await query(
    url.href,
    `INSERT INTO journey_version (id, journey_key, number, source, document, graph, sha256)
     VALUES ${version(1, [form, { event: 'page.viewed' }])}, ${version(2, [])}`,
  );
  expect(await applyMigrations(url.href, migrations)).toEqual(['20261123120000_journey_language']);
  const rows = await query(url.href, 'SELECT graph FROM journey_version ORDER BY number');
  expect(rows.map(({ graph: found }) => found)).toMatchObject([
    {
      first: 'done',
      entries: [
        { kind: 'event', ...form },
        { kind: 'event', event: 'page.viewed' },
      ],
    },
    { entries: [] },
  ]);
});

import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { readDatabaseUrl } from '../config';
import { seedCatalog } from './catalog';
import { createDb } from './client';
import { reasonOf } from './error-reason';

/** The advisory lock of Prisma Migrate: `prisma migrate deploy` and this runner never apply at once. */
const LOCK = 72707369;
const TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`;

interface Migration {
  name: string;
  sql: string;
  checksum: string;
}
interface AppliedRow {
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
}

/**
 * Brings the database to the newest migration, as `prisma migrate deploy` does (same table, checksums and lock), without
 * Prisma's engine. Answers the names of the migrations it applied; throws on an edited or half-applied one.
 */
export async function applyMigrations(url: string, dir = join(__dirname, 'migrations')): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, options: '-c TimeZone=UTC', connectionTimeoutMillis: 10_000 });
  await client.connect().catch((error: unknown) => {
    throw new Error(`no connection to the database: ${reasonOf(error)}`, { cause: error });
  });
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await client.query(TABLE);
    const pending = await findPending(client, readMigrations(dir));
    for (const migration of pending) await apply(client, migration);
    return pending.map((migration) => migration.name);
  } finally {
    await client.end();
  }
}

function readMigrations(dir: string): Migration[] {
  const folders = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = folders.map((entry) => entry.name).sort();
  return names.map((name) => {
    const sql = readFileSync(join(dir, name, 'migration.sql'), 'utf8');
    return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
  });
}

async function findPending(client: pg.Client, migrations: Migration[]): Promise<Migration[]> {
  const { rows } = await client.query<AppliedRow>('SELECT * FROM _prisma_migrations WHERE rolled_back_at IS NULL');
  const applied = new Map(rows.map((row) => [row.migration_name, row]));
  return migrations.filter(({ name, checksum }) => {
    const row = applied.get(name);
    if (row && !row.finished_at) throw new Error(`migration ${name} failed before: see prisma migrate resolve`);
    if (row && row.checksum !== checksum) throw new Error(`migration ${name} was edited after it had been applied`);
    return !row;
  });
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  const id = randomUUID();
  const insert = 'INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ($1, $2, $3)';
  await client.query(insert, [id, checksum, name]);
  try {
    // Without values `pg` uses the simple protocol: the file is one implicit transaction.
    await client.query(sql);
  } catch (error) {
    const message = reasonOf(error);
    await client.query('UPDATE _prisma_migrations SET logs = $2 WHERE id = $1', [id, message]);
    throw new Error(`migration ${name}: ${message}`, { cause: error });
  }
  await client.query('UPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = 1 WHERE id = $1', [id]);
}

/** Also adds what is missing of the catalogue, its journeys as drafts. */
async function main(): Promise<void> {
  const url = readDatabaseUrl();
  const applied = await applyMigrations(url);
  const db = createDb(url, { poolSize: 1 });
  await seedCatalog(db, { publish: false }).finally(() => db.$disconnect());
  console.log(applied.length > 0 ? `applied ${applied.join(', ')}` : 'nothing to apply');
}

if (require.main === module) {
  main().catch((error: unknown) => {
    console.error(reasonOf(error));
    process.exitCode = 1;
  });
}

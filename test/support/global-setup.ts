import { mkdtempSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { applyMigrations } from '../../prisma/migrate';
import { ensureDatabase, startPostgres, type PostgresServer } from '../../stack/postgres';
import { announce } from './environment';
import { running } from './running';

const TEMPLATE = 'nurture_template';

/** One throw-away PostgreSQL for all test files, with a migrated template to copy from. */
export default async function globalSetup(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'nurture-test-'));
  chmodSync(dir, 0o755); // PostgreSQL may run as another user
  running.dir = dir;
  running.postgres = await startPostgres({
    dataDir: join(dir, 'postgres'),
    logFile: join(dir, 'postgres.log'),
    password: 'postgres',
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: 400 },
  });
  await makeTemplate(running.postgres);
  announce('postgres', running.postgres.url('postgres'));
  announce('template', TEMPLATE);
}

async function makeTemplate(server: PostgresServer): Promise<void> {
  await ensureDatabase(server, TEMPLATE);
  await applyMigrations(server.url(TEMPLATE));
  const client = new pg.Client(server.url('postgres'));
  await client.connect();
  await client.query(`ALTER DATABASE ${TEMPLATE} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false`);
  await client.end();
}

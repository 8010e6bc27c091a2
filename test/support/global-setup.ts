import { chmodSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { ensureBundle } from '../../activities/build-bundle';
import { applyMigrations } from '../../prisma/migrate';
import { anyFreePort } from '../../stack/ports';
import { ensureDatabase, startPostgres, type PostgresServer } from '../../stack/postgres';
import { searchAttributeTypes } from '../../stack/search-attributes';
import { startTemporal } from '../../stack/temporal';
import { announce } from './environment';
import { running } from './running';
import { testTemporalBinary } from './temporal';

/** The part of jest's global configuration that is looked at. */
interface RunConfig {
  testPathPatterns: { patterns: readonly string[] };
}

const ROOT = join(__dirname, '../..');
const TEMPLATE = 'nurture_template';
const WITH_TEMPORAL = /^test\/(workflow|replay|integration|chaos)\//;

/** One throw-away PostgreSQL for all test files and, when one of them needs it, one Temporal and the workflow bundle. */
export default async function globalSetup(config: RunConfig): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'nurture-test-'));
  chmodSync(dir, 0o755); // PostgreSQL may run as another user
  running.dir = dir;
  const withTemporal = selectedFiles(config).some((file) => WITH_TEMPORAL.test(file));
  await Promise.all([setUpPostgres(dir), withTemporal && setUpTemporal(dir), withTemporal && setUpBundle()]);
}

async function setUpPostgres(dir: string): Promise<void> {
  running.postgres = await startPostgres({
    dataDir: join(dir, 'postgres'),
    logFile: join(dir, 'postgres.log'),
    password: 'postgres',
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      max_connections: 400,
      track_commit_timestamp: 'on',
    },
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

async function setUpTemporal(dir: string): Promise<void> {
  const [port, metricsPort] = [await anyFreePort(), await anyFreePort()];
  running.temporal = await startTemporal({
    binary: await testTemporalBinary(),
    port,
    metricsPort,
    uiPort: null,
    dbFile: join(dir, 'temporal.db'),
    synchronous: 'OFF',
    logFile: join(dir, 'temporal.log'),
    searchAttributes: searchAttributeTypes,
  });
  announce('temporal', running.temporal.address);
  announce('temporalMetrics', `http://127.0.0.1:${metricsPort}/metrics`);
}

/** Built before the tests begin, so that none of them pays for it. */
async function setUpBundle(): Promise<void> {
  await ensureBundle();
}

/** The test files of this run, as jest will find them by its patterns. */
function selectedFiles({ testPathPatterns }: RunConfig): string[] {
  const patterns = testPathPatterns.patterns.map((pattern) => new RegExp(pattern.replace(/^\.\//, '')));
  const files = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' });
  const tests = files.filter((file) => file.endsWith('.test.ts')).map((file) => `test/${file}`);
  return tests.filter((file) => patterns.length === 0 || patterns.some((pattern) => pattern.test(join(ROOT, file))));
}

// Does prisma/schema.prisma say what prisma/migrations do? Exit code 0: yes. 2: no, and the difference is printed as SQL.
// Prisma's own engine compares, as WebAssembly: the native one would have to be downloaded.
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import * as glue from '@prisma/schema-engine-wasm/schema_engine_bg';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startPostgres } from '../stack/postgres.ts';
import { applyMigrations } from './migrate.ts';

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({ options: { schema: { type: 'string' }, migrations: { type: 'string' } } });
const schemaFile = values.schema ?? join(here, 'schema.prisma');
const migrationsDir = values.migrations ?? join(here, 'migrations');

async function onMigratedDatabase(use) {
  const dir = mkdtempSync(join(tmpdir(), 'nurture-drift-'));
  chmodSync(dir, 0o755); // PostgreSQL may run as another user
  const settings = { fsync: 'off', synchronous_commit: 'off' };
  const options = {
    dataDir: join(dir, 'postgres'),
    logFile: join(dir, 'postgres.log'),
    password: 'postgres',
    settings,
  };
  const server = await startPostgres(options);
  try {
    await applyMigrations(server.url('postgres'), migrationsDir);
    return await use(server.url('postgres'));
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true });
  }
}

/** The SQL that leads from the database to the schema; empty when there is nothing to do. Throws when it cannot tell. */
async function difference(url, file) {
  await loadEngine();
  const files = [{ path: file, content: readFileSync(file, 'utf8') }];
  const database = new MigratedDatabase({ connectionString: url, max: 1, options: '-c TimeZone=UTC' });
  const bound = bindMigrationAwareSqlAdapterFactory(database);
  const engine = await glue.SchemaEngine.new(
    { datamodels: files.map(({ path, content }) => [path, content]) },
    () => {},
    bound,
  );
  try {
    const { exitCode, stdout } = await engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: dirname(file) },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: true,
      shadowDatabaseUrl: null,
      filters: { externalTables: ['public._prisma_migrations'], externalEnums: [] },
    });
    if (exitCode !== 0 && exitCode !== 2) throw new Error(`the schema engine answered ${exitCode}`);
    return exitCode === 0 ? '' : (stdout ?? 'they differ');
  } finally {
    engine.free();
    await database.close();
  }
}

async function loadEngine() {
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => console.error(message) };
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm');
  const module = readFileSync(join(dirname(entry), 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(module, { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
}

/** The adapter of the client, made able to read the system catalogue: it refuses columns of type "char". */
class MigratedDatabase extends PrismaPg {
  pools = [];

  constructor(config) {
    super(config);
    this.poolConfig = config;
  }

  async connect() {
    const pool = new pg.Pool(this.poolConfig);
    this.pools.push(pool);
    let chars = [];
    const query = pool.query.bind(pool);
    pool.query = async (...args) => {
      const result = await query(...args);
      chars = (result.fields ?? []).filter((field) => field.dataTypeID === pg.types.builtins.CHAR);
      for (const field of chars) field.dataTypeID = pg.types.builtins.VARCHAR;
      return { ...result, fields: result.fields, rows: result.rows };
    };
    const adapter = await new PrismaPg(pool).connect();
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (params) => {
      const result = await queryRaw(params);
      const names = new Set(chars.map((field) => field.name));
      const columnTypes = result.columnTypes.map((type, i) =>
        names.has(result.columnNames[i]) ? ColumnTypeEnum.Character : type,
      );
      return { ...result, columnTypes };
    };
    adapter.dispose = async () => {};
    return adapter;
  }

  async connectToShadowDb() {
    throw new Error('the comparison of a database with a schema needs no shadow database');
  }

  async close() {
    await Promise.all(this.pools.map((pool) => pool.end()));
  }
}

const drift = await onMigratedDatabase((url) => difference(url, schemaFile));
if (drift === '') {
  console.log('prisma/schema.prisma and prisma/migrations agree');
} else {
  console.log(drift);
  console.error(
    'prisma/schema.prisma and prisma/migrations differ: the SQL above would make the database like the schema',
  );
  process.exitCode = 2;
}

import { defineConfig } from 'prisma/config';

// These commands look for the schema engine and never call it: naming any file that exists spares its download.
// Never for `migrate` and `db`, which would then do nothing and exit 0.
const ENGINELESS = ['generate', 'validate', 'format'];
if (ENGINELESS.includes(process.argv[2] ?? '')) process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_URL ?? 'postgresql://postgres:postgres@127.0.0.1:5432/nurture' },
});

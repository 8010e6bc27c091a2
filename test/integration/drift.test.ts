import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const SCHEMA = readFileSync(join(ROOT, 'prisma/schema.prisma'), 'utf8');

function check(schema: string): Promise<{ code: number; output: string }> {
  const file = join(mkdtempSync(join(tmpdir(), 'nurture-schema-')), 'schema.prisma');
  writeFileSync(file, schema);
  const args = ['--import', 'tsx', join(ROOT, 'prisma/drift.mjs'), '--schema', file];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd: ROOT }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr });
    });
  });
}

test('schema and migrations agree', async () => {
  expect(await check(SCHEMA)).toEqual({ code: 0, output: 'prisma/schema.prisma and prisma/migrations agree\n' });
});

test.each([
  ['a new column', /model Suppression \{/, 'model Suppression {\n  planted String?', 'ADD COLUMN     "planted" TEXT'],
  ['a column that may be null', /draft +String\n/, 'draft String?\n', 'ALTER COLUMN "draft" DROP NOT NULL'],
  ['a lost index', / +@@index\(\[email\]\)\n/, '', 'DROP INDEX "contact_email_idx"'],
  ['another type', /bucket +Int +@db.SmallInt/, 'bucket Int', 'ALTER COLUMN "bucket" SET DATA TYPE INTEGER'],
])('%s is drift', async (_, found, planted, sql) => {
  expect(SCHEMA).toMatch(found);
  const { code, output } = await check(SCHEMA.replace(found, planted));
  expect(output).toContain(sql);
  expect(code).toBe(2);
});

test('a broken schema is no agreement', async () => {
  expect((await check(`${SCHEMA}\nmodel Nothing {`)).code).toBe(1);
});

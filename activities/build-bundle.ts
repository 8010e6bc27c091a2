import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
const WORKFLOWS = join(ROOT, 'workflows');
const BUNDLE = join(ROOT, 'build', 'workflow-bundle.js');
const STAMP = `${BUNDLE}.sha256`;

/** Path of the workflow bundle; built first when anything under workflows/, or the SDK, has changed since. */
export async function ensureBundle(): Promise<string> {
  const stamp = fingerprint();
  if (existsSync(BUNDLE) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp) return BUNDLE;
  const logger = new DefaultLogger('WARN');
  const { code } = await bundleWorkflowCode({ workflowsPath: join(WORKFLOWS, 'index.ts'), logger });
  mkdirSync(join(ROOT, 'build'), { recursive: true });
  replace(BUNDLE, code);
  replace(STAMP, stamp);
  return BUNDLE;
}

/** Of the contents, not the dates: a fresh clone and a restored cache agree. */
function fingerprint(): string {
  const hash = createHash('sha256');
  const entries = readdirSync(WORKFLOWS, { recursive: true, encoding: 'utf8' });
  for (const name of entries.filter((entry) => entry.endsWith('.ts')).sort()) {
    hash
      .update(name)
      .update('\0')
      .update(readFileSync(join(WORKFLOWS, name)))
      .update('\0');
  }
  return hash.update(readFileSync(require.resolve('@temporalio/workflow/package.json'))).digest('hex');
}

/** Renaming is atomic: a process that reads at the same time sees the old bundle or the new one. */
function replace(path: string, content: string): void {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}

if (require.main === module) {
  void ensureBundle().then((path) => process.stdout.write(`${path}\n`));
}

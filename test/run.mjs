// Runs jest (`chaos`: the suite that kills processes) and says how many tests passed and failed on its last line.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [suite, ...rest] = process.argv.slice(2);
const chaos = suite === 'chaos';
const args = chaos
  ? ['--runInBand', '--testPathIgnorePatterns=/node_modules/', '--testPathPatterns=test/chaos/', ...rest]
  : process.argv.slice(2);
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const dir = mkdtempSync(join(tmpdir(), 'nurture-results-'));
const file = join(dir, 'results.json');
const { status } = spawnSync(process.execPath, [jest, ...args, '--json', `--outputFile=${file}`], {
  stdio: ['inherit', 'ignore', 'inherit'], // --json repeats the whole result on standard output
});
const results = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
rmSync(dir, { recursive: true });
// A file that does not load has no tests, and is a failure all the same.
const failed = results ? results.numFailedTests + results.numRuntimeErrorTestSuites : 1;
process.exitCode = status || (failed > 0 ? 1 : 0);
console.log(`${results?.numPassedTests ?? 0} passed, ${failed} failed`);

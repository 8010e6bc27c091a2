// Runs jest (`chaos`: the suite that kills processes; `e2e`: the one with a browser) and says how many tests passed and failed on its last line.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// One process after the other: each file leaves a part of itself in the heap of the process that it ran in, and after
// some hundred files a process is busy with its heap alone.
const suites = ['unit|api|cli|docs', 'integration', 'workflow|replay|property'];

const [suite, ...rest] = process.argv.slice(2);
const alone = (folder) => [
  ...['--runInBand', '--testPathIgnorePatterns=/node_modules/', `--testPathPatterns=test/${folder}/`],
  ...rest,
];
const everything = suites.map((folders) => [`--testPathPatterns=test/(${folders})/`]);
const isAlone = suite === 'chaos' || suite === 'e2e';
const runs = isAlone ? [alone(suite)] : suite === undefined ? everything : [process.argv.slice(2)];

const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const dir = mkdtempSync(join(tmpdir(), 'nurture-results-'));
let [passed, failed] = [0, 0];
for (const [index, args] of runs.entries()) {
  const file = join(dir, `results-${index}.json`);
  const { status } = spawnSync(process.execPath, [jest, ...args, '--json', `--outputFile=${file}`], {
    stdio: ['inherit', 'ignore', 'inherit'], // --json repeats the whole result on standard output
  });
  const results = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
  passed += results?.numPassedTests ?? 0;
  // A file that does not load has no tests, and is a failure all the same.
  const own = results ? results.numFailedTests + results.numRuntimeErrorTestSuites : 1;
  failed += own === 0 && status !== 0 ? 1 : own;
}
rmSync(dir, { recursive: true });
process.exitCode = failed > 0 ? 1 : 0;
console.log(`${passed} passed, ${failed} failed`);

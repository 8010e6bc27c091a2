// `npm run bench [-- suite …]`: measures each thing beside its limit, in the same run, and writes its table into
// docs/performance.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { measureEnrollMany } from './enroll-many';
import { startGround, type Figure, type Ground } from './ground';
import { measureHygiene } from './hygiene';
import { measureImports } from './imports';
import { measureIngest } from './ingest';
import { measureJourneys } from './journeys';
import { measurePump } from './pump';
import { measureSegments } from './segments';
import { measureScoreTrial } from './score-trial';

const PAGE = join(__dirname, '../../docs/performance.md');
const suites: Record<string, (ground: Ground) => Promise<Figure[]>> = {
  'enroll-many': measureEnrollMany,
  hygiene: measureHygiene,
  imports: measureImports,
  ingest: measureIngest,
  journeys: measureJourneys,
  pump: measurePump,
  segments: measureSegments,
  'score-trial': measureScoreTrial,
};

async function main(wanted: string[]): Promise<void> {
  for (const [name, measure] of Object.entries(suites)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.log(`measuring ${name}`);
    const ground = await startGround();
    try {
      const table = tableOf(await measure(ground));
      console.log(table);
      writeFileSync(PAGE, withTable(readFileSync(PAGE, 'utf8'), name, table));
    } finally {
      await ground.stop();
    }
  }
}

function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map(
    ({ what, ours, limit, share, target }) => `| ${[what, ours, limit, share, target].join(' | ')} |`,
  );
  return ['| what | Nurture | limit, same run | share | target |', '|---|---|---|---|---|', ...rows].join('\n');
}

/** The page with what was measured in its place. */
function withTable(page: string, suite: string, table: string): string {
  const begins = `<!-- measured: ${suite} -->`;
  const [before, rest] = page.split(begins);
  const after = rest?.slice(rest.indexOf('<!-- end -->'));
  if (before === undefined || after === undefined) throw new Error(`docs/performance.md has no place for ${suite}`);
  return `${before}${begins}\n\n${table}\n\n${ground()}\n\n${after}`;
}

function ground(): string {
  const day = new Date().toISOString().slice(0, 10);
  const version = process.versions.node;
  return `On ${day}: ${availableParallelism()} cores for Nurture, load generator, PostgreSQL (durable) and Temporal; Node ${version}.`;
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);

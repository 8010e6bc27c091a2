// `npm run bench [imports|ingest|pump|journeys|enroll-many|score-trial …]`: measures each thing beside its limit, in the same run; all of them together
// write docs/performance.md.
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { measureEnrollMany } from './enroll-many';
import { startGround, type Figure, type Ground } from './ground';
import { measureImports } from './imports';
import { measureIngest } from './ingest';
import { measureJourneys } from './journeys';
import { measurePump } from './pump';
import { measureSegments } from './segments';
import { measureScoreTrial } from './score-trial';

const PAGE = join(__dirname, '../../docs/performance.md');
const suites: Record<string, (ground: Ground) => Promise<Figure[]>> = {
  'enroll-many': measureEnrollMany,
  imports: measureImports,
  ingest: measureIngest,
  journeys: measureJourneys,
  pump: measurePump,
  segments: measureSegments,
  'score-trial': measureScoreTrial,
};

async function main(wanted: string[]): Promise<void> {
  const figures: Figure[] = [];
  for (const [name, measure] of Object.entries(suites)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.log(`measuring ${name}`);
    const ground = await startGround();
    try {
      figures.push(...(await measure(ground)));
    } finally {
      await ground.stop();
    }
  }
  const table = tableOf(figures);
  console.log(table);
  if (wanted.length === 0) writeFileSync(PAGE, pageOf(table));
}

function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map(
    ({ what, ours, limit, share, target }) => `| ${[what, ours, limit, share, target].join(' | ')} |`,
  );
  return ['| what | Nurture | limit, same run | share | target |', '|---|---|---|---|---|', ...rows].join('\n');
}

function pageOf(table: string): string {
  return `# Performance

Measured by \`npm run bench\`, which wrote this page. Each figure stands beside its limit: what the same machine does in the
same run with PostgreSQL or Temporal alone. Only the shares travel from one machine to another.

This run: ${availableParallelism()} cores that worker, API, load generator, PostgreSQL (durable) and Temporal share; Node ${process.versions.node};
Temporal's development server, which itself does some dozens of workflows a second on two cores.

${table}

- **Ingest**: answered when the rows are committed; the pump does not run meanwhile. Batches by 4 connections, single events
  by 16.
- **Enrollments**: people arrive by \`POST /v1/batch\`, each with an identify and a form; counted until the last first mail
  is settled. The bare workflows start 25 at a time, as the dispatcher does, and call as many activities, which do nothing.
- **Event accepted → next send**: from the 200 of \`POST /v1/track\` until the activity of the next mail runs, and until its
  begin is committed; one person after the other. The raw signal is measured from its call to the activity that it lets run.
- **Many from a segment**: contacts of one segment are asked by one job, while its worker, a process of its own, is killed
  twice (kill -9); PostgreSQL without fsync. Others wait in another journey meanwhile, and are woken one after the other,
  before (the limit) and during it.
- **Pump**: events of 2,000 people through identities, traits, entries, waits and exits of 20 journeys; the limit only marks
  rows processed.
- **Segments**: a million contacts and six million events of a year, written by the server; each condition is one statement,
  the middle of five runs. The plan: a parallel scan of the contacts, and for those whom the fields leave a look into the
  index of their events by time; what is asked more than once or of many, and who comes over the edge of a period, is read
  from \`event_did\` (type, time, contact) and joined by hash.
`;
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);

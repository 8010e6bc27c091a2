// Records histories of the present code on a real server: node --import tsx test/replay/record.ts [name …]
// Without names, of the scenarios that have none yet. Records are kept: they stand for runs that are open while the code
// changes. Replace one only when no run of its kind can be open any more.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import globalSetup from '../support/global-setup';
import globalTeardown from '../support/global-teardown';
import { contactWith, enrolled, publishedJourney } from '../support/journeys';
import { poll } from '../support/poll';
import { position } from '../../workflows/contract/messages';
import { startWorld } from '../support/world';
import { HISTORIES, historyAsJson, recordedNames } from './histories';
import { scenarios, type Scenario } from './scenarios';

async function main(names: string[]): Promise<void> {
  await globalSetup({ testPathPatterns: { patterns: ['test/replay/'] } });
  try {
    mkdirSync(HISTORIES, { recursive: true });
    const recorded = recordedNames();
    for (const [name, scenario] of Object.entries<Scenario>(scenarios)) {
      const wanted = names.length > 0 ? names.includes(name) : !recorded.includes(name);
      if (wanted) await record(name, scenario);
    }
  } finally {
    await globalTeardown();
  }
}

async function record(name: string, scenario: Scenario): Promise<void> {
  const world = await startWorld({ overrides: { pump: undefined } });
  try {
    const elsewhere = { steps: '  - { id: done, kind: exit, outcome: completed }' };
    await publishedJourney(world.db, document('elsewhere', elsewhere));
    const versionId = await publishedJourney(world.db, document(name, scenario));
    const contactId = await contactWith(world.db, scenario.email === null ? null : 'wilhelmina@example.test');
    await world.db.contact.update({ where: { id: contactId }, data: { firstName: 'Wilhelmina', country: 'NL' } });
    const enrollmentId = await enrolled(world.db, { contactId, versionId });
    await scenario.before?.(world);
    const { historyEvents } = scenario;
    const handle = await world.start(enrollmentId, historyEvents === undefined ? {} : { historyEvents });
    const phase = (wanted: string) => poll(wanted, async () => (await handle.query(position)).phase === wanted);
    await scenario.play({ world, handle, enrollmentId, phase });
    await handle.result().catch(() => undefined);
    const { firstExecutionRunId: firstRun } = handle as { firstExecutionRunId?: string };
    const { runId: lastRun } = await handle.describe();
    for (const runId of new Set([firstRun ?? lastRun, lastRun])) {
      const history = await world.client.workflow.getHandle(handle.workflowId, runId).fetchHistory();
      const file = runId === lastRun ? name : `${name}-first-run`;
      writeFileSync(join(HISTORIES, `${file}.json`), `${JSON.stringify(anonymous(historyAsJson(history)))}\n`);
      process.stdout.write(`${file}: ${history.events?.length} events\n`);
    }
  } finally {
    await world.stop();
  }
}

function document(name: string, { steps, exits = '' }: Pick<Scenario, 'steps' | 'exits'>): string {
  return `
journey: ${name}
name: ${name}
explain: Shows one way through a journey.
topic: education
stage: awareness
responsible: tests
review: 90 days
entry: [{ event: form.submitted }]
${exits}
steps:
${steps}
`;
}

/** Without the recording machine's name and folders, which replay does not look at. */
function anonymous(history: unknown): unknown {
  const text = JSON.stringify(history, (key, value: unknown) => (key === 'stackTrace' ? '' : value));
  return JSON.parse(text.replace(/\d+@[\w.-]+/g, 'worker'));
}

void main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  },
);

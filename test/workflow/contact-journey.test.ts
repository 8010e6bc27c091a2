import { Client, Connection } from '@temporalio/client';
import pino from 'pino';
import { startWorker, type RunningWorker } from '../../activities/run-worker';
import { CONTACT_JOURNEY, ENGINE, journeyWorkflowId } from '../../workflows/contract/journey';
import { position } from '../../workflows/contract/messages';
import { JOURNEYS } from '../../workflows/contract/task-queues';
import { freshDatabase, type TestDatabase } from '../support/database';
import { contactWith, enrolled, publishedJourney } from '../support/journeys';
import { freshNamespace } from '../support/namespace';
import { poll } from '../support/poll';
import { testTemporal } from '../support/temporal';

let database: TestDatabase;
let worker: RunningWorker;
let connection: Connection;
let client: Client;

beforeAll(async () => {
  database = await freshDatabase();
  const namespace = await freshNamespace();
  const { address } = testTemporal();
  connection = await Connection.connect({ address });
  client = new Client({ connection, namespace });
  worker = await startWorker({
    config: {
      databaseUrl: database.url,
      temporal: { address, namespace, apiKey: null, tls: false },
      publicUrl: 'http://127.0.0.1:3000',
      mail: { kind: 'capture' },
      mailOnlyTo: null,
      postalAddress: null,
      from: null,
    },
    log: pino({ level: 'warn' }),
  });
}, 60_000);

afterAll(async () => {
  await worker.stop();
  await connection.close();
  await database.drop();
});

const SHORT = `
journey: short
name: Short
explain: Two mails with a wait in between, which a page view cuts short.
topic: education
stage: awareness
responsible: tests
review: 90 days
entry: [{ event: form.submitted }]
steps:
  - { id: first, kind: email, template: one }
  - { id: pause, kind: wait, for: 2 days, on: [{ event: page.viewed, next: second }] }
  - { id: second, kind: email, template: two }
  - { id: done, kind: exit, outcome: completed }
`;

async function start(enrollmentId: string, versionId: string) {
  return client.workflow.start(CONTACT_JOURNEY, {
    taskQueue: JOURNEYS,
    workflowId: journeyWorkflowId('short', enrollmentId),
    args: [{ enrollmentId, versionId, engine: ENGINE, limits: { historyEvents: 1000 } }],
  });
}

test('sends a mail, then waits', async () => {
  const versionId = await publishedJourney(database.db, SHORT);
  const contactId = await contactWith(database.db, 'ada@example.test');
  const enrollmentId = await enrolled(database.db, { contactId, versionId });
  const handle = await start(enrollmentId, versionId);
  const mail = await poll('the first mail', () => database.db.outbox.findFirst({ where: { to: 'ada@example.test' } }));
  expect(mail.subject).toBe('one');
  await poll('the wait', async () => (await handle.query(position)).phase === 'waiting');
  expect(await handle.query(position)).toMatchObject({ stepId: 'pause', visit: 2 });
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow();
  expect(await database.db.enrollment.findUnique({ where: { id: enrollmentId } })).toMatchObject({
    status: 'finished',
    outcome: 'cancelled',
  });
});

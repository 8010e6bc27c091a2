import { Client, Connection, ServiceError } from '@temporalio/client';
import { v7 } from 'uuid';
import { isOutage, temporalPort, type TemporalPort } from '../../activities/pump/temporal-port';
import { createJourneyControl } from '../../api/temporal';
import { jobStart } from '../../workflows/contract/jobs';
import { freshNamespace } from '../support/namespace';
import { poll } from '../support/poll';
import { testTemporal } from '../support/temporal';

let connection: Connection;
let client: Client;
let port: TemporalPort;
beforeAll(async () => {
  connection = await Connection.connect({ address: testTemporal().address });
  client = new Client({ connection, namespace: await freshNamespace() });
  port = temporalPort(client);
});
afterAll(() => connection.close());

function someStart() {
  const enrollmentId = v7();
  const versionId = v7();
  const workflowId = `guide/${enrollmentId}`;
  return {
    workflowId,
    enrollmentId,
    versionId,
    version: 3,
    journeyKey: 'guide',
    journeyName: 'Guide',
    contactId: v7(),
  };
}

test('a start can be found, and repeated', async () => {
  const start = someStart();
  await port.start(start);
  await port.start(start);
  const found = await client.workflow.getHandle(start.workflowId).describe();
  expect(found.type).toBe('contactJourney');
  expect(await found.staticSummary()).toBe('Guide · version 3');
  const attributes = found.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]);
  expect(Object.fromEntries(attributes)).toMatchObject({
    JourneyKey: 'guide',
    JourneyVersion: 3,
    ContactId: start.contactId,
    EnrollmentStatus: 'active',
  });
});

test('a finished workflow is not started again', async () => {
  const start = someStart();
  await port.start(start);
  await client.workflow.getHandle(start.workflowId).terminate();
  await port.start(start);
  expect(await port.isOpen(start.workflowId)).toBe(false);
});

test('a terminated one is brought back on request', async () => {
  const start = someStart();
  await port.start(start);
  await client.workflow.getHandle(start.workflowId).terminate();
  await port.start({ ...start, outcome: 'restart' });
  expect(await port.isOpen(start.workflowId)).toBe(true);
});

test('signals say whether somebody was there', async () => {
  const start = someStart();
  await port.start(start);
  expect(await port.wake(start.workflowId, { visit: 1, outcome: 'on:0' })).toBe('delivered');
  expect(await port.released(start.workflowId)).toBe('delivered');
  expect(await port.wake('guide/nobody', { visit: null })).toBe('not-found');
  expect(await port.released('guide/nobody')).toBe('not-found');
});

test('terminated workflows are listed, open ones are not', async () => {
  const [open, ended] = [someStart(), someStart()];
  const since = new Date(Date.now() - 1_000);
  await port.start(open);
  await port.start(ended);
  await client.workflow.getHandle(ended.workflowId).terminate();
  const broken = await poll('visibility', async () => {
    const ids = await port.brokenSince(since);
    return ids.includes(ended.workflowId) && ids;
  });
  expect(broken).not.toContain(open.workflowId);
  expect([await port.isOpen(open.workflowId), await port.isOpen(ended.workflowId)]).toEqual([true, false]);
});

test.each([
  [3, false],
  [5, false],
  [7, true],
  [9, true],
  [12, true],
  [14, true],
  [16, true],
])('gRPC code %d: an outage is %s', (code, outage) => {
  const answer = Object.assign(new Error('refused'), { code, details: '', metadata: {} });
  expect(isOutage(new ServiceError('failed', { cause: answer }))).toBe(outage);
});

test('a server that is away is an outage', async () => {
  const lazy = Connection.lazy({ address: '127.0.0.1:1' });
  const error: unknown = await temporalPort(new Client({ connection: lazy }))
    .wake('guide/x', { visit: null })
    .catch((reason: unknown) => reason);
  expect(isOutage(error)).toBe(true);
  await lazy.close();
});

test('API and worker start the same run of a job', async () => {
  const jobId = v7();
  const namespace = client.options.namespace;
  const control = createJourneyControl({ address: testTemporal().address, namespace, apiKey: null, tls: false });
  await control.startJob('move', jobId);
  const { type, options } = jobStart('move', jobId);
  const found = () => client.workflow.getHandle(options.workflowId).describe();
  const { runId, ...first } = await found();
  expect([first.type, first.taskQueue]).toEqual([type, options.taskQueue]);
  await port.startJob('move', jobId);
  expect((await found()).runId).toBe(runId);
  await control.close();
});

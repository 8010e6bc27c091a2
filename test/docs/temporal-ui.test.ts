import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { z } from 'zod';
import { poll } from '../support/poll';
import { startTestStack, type TestStack } from '../support/stack';

/** What docs/find-a-person.md says of the Temporal UI: its buttons are calls of the same service. */
let stack: TestStack;
let client: Client;
beforeAll(async () => {
  stack = await startTestStack({ demo: true });
  client = new Client({ connection: await Connection.connect({ address: stack.temporalAddress }) });
}, 60_000);
afterAll(async () => {
  await client.connection.close();
  await stack.stop();
});

async function call(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
  const headers = { Authorization: `Bearer ${stack.apiKey}`, 'Content-Type': 'application/json' };
  const answer = await fetch(stack.apiUrl + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return answer.json();
}

const enrollment = z.object({
  id: z.string(),
  workflowId: z.string(),
  contactId: z.string(),
  status: z.string(),
  stepId: z.string().nullable(),
  outcome: z.string().nullable(),
  attention: z.unknown(),
});
const enrollments = z.object({ data: z.array(enrollment) });
const mails = z.object({ data: z.array(z.object({ stepId: z.string() })) });
const found = z.object({ id: z.string() });

/** Somebody who asked for the guide, got it, and waits. */
async function waiting(): Promise<{ id: string; workflowId: string; to: string }> {
  const userId = randomUUID();
  const to = `${userId}@example.test`;
  const form = { form: 'beginners-guide' };
  await call('POST', '/v1/identify', { userId, traits: { email: to } });
  await call('POST', '/v1/track', { userId, event: 'form.submitted', properties: form });
  const contact = await poll('the contact', async () => {
    const answer = found.safeParse(await call('POST', '/v1/contacts/find', { email: to }));
    return answer.success ? answer.data : null;
  });
  const { id, workflowId } = await poll('the first wait', async () => {
    const { data } = enrollments.parse(await call('GET', `/v1/enrollments?contactId=${contact.id}`));
    return data.find(({ stepId }) => stepId === 'two-days');
  });
  return { id, workflowId, to };
}

async function enrollmentOf(id: string): Promise<z.infer<typeof enrollment>> {
  return enrollment.parse(await call('GET', `/v1/enrollments/${id}`));
}

async function stepsMailed(to: string): Promise<string[]> {
  const { data } = mails.parse(await call('GET', `/v1/outbox?to=${to}`));
  return data.map(({ stepId }) => stepId);
}

test('a workflow says who, what and until when', async () => {
  const { id, workflowId } = await waiting();
  const { contactId } = await enrollmentOf(id);
  const described = await client.workflow.getHandle(workflowId).describe();
  expect(workflowId).toBe(`ebook-follow-up/${id}`);
  expect(described.searchAttributes).toMatchObject({
    JourneyKey: ['ebook-follow-up'],
    JourneyVersion: [1],
    ContactId: [contactId],
    EnrollmentStatus: ['active'],
  });
  expect(await described.staticSummary()).toBe('Ebook follow-up · version 1');
});

test('cancel ends the enrollment as cancelled', async () => {
  const { id, workflowId } = await waiting();
  await client.workflow.getHandle(workflowId).cancel();
  const ended = await poll('the end', async () => {
    const now = await enrollmentOf(id);
    return now.status === 'finished' ? now : null;
  });
  expect(ended.outcome).toBe('cancelled');
});

test('reset repeats no mail', async () => {
  const { id, workflowId, to } = await waiting();
  await call('POST', `/v1/enrollments/${id}/fast-forward`, { by: '3 days' });
  const before = await stepsMailed(to);
  const handle = client.workflow.getHandle(workflowId);
  const { runId } = await handle.describe();
  const { events } = await handle.fetchHistory();
  const first = events?.find(({ workflowTaskCompletedEventAttributes: done }) => done);
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId, runId },
    workflowTaskFinishEventId: first?.eventId,
    requestId: randomUUID(),
    reason: 'an operator wanted to see it again',
  });
  await poll('the new run to rest where the old one did', async () => {
    const now = await handle.describe();
    return (
      now.runId !== runId && (await handle.query<{ phase: string; stepId: string }>('position')).stepId === 'five-days'
    );
  });
  await call('POST', `/v1/enrollments/${id}/fast-forward`, { by: '6 days' });
  expect(before).toEqual(['case-study', 'deliver-guide']);
  expect(await stepsMailed(to)).toEqual(['video', ...before]);
});

test('who was terminated is brought back by retry', async () => {
  const { id, workflowId, to } = await waiting();
  const handle = client.workflow.getHandle(workflowId);
  await handle.terminate('an operator did not know better');
  // A knock finds nobody there; without one the sweep of each minute does.
  await stack.db.$executeRaw`
    insert into dispatch (enrollment_id, workflow_id, kind) values (${id}::uuid, ${workflowId}, 'wake')`;
  await poll('needs attention', async () => (await enrollmentOf(id)).status === 'needs_attention');
  expect((await enrollmentOf(id)).attention).toMatchObject({ code: 'workflow-gone' });
  await call('POST', `/v1/enrollments/${id}/retry`);
  await poll('a new run', async () => (await handle.describe()).status.name === 'RUNNING');
  await call('POST', `/v1/enrollments/${id}/fast-forward`, { by: '3 days' });
  expect(await stepsMailed(to)).toEqual(['case-study', 'deliver-guide']);
});

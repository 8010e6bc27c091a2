import { temporal } from '@temporalio/proto';
import { exitEnrollment, reviveEnrollment } from '../../prisma/stores/enrollment-actions';
import { position } from '../../workflows/contract/messages';
import { contactWith, enrolled, publishedJourney } from '../support/journeys';
import { poll } from '../support/poll';
import { startWorld, type World } from '../support/world';

const JOURNEY = `
journey: operated
name: Operated
explain: A mail, a wait, another mail; operators do things to it meanwhile.
topic: education
stage: awareness
responsible: tests
review: 90 days
entry: [{ event: form.submitted }]
steps:
  - { id: first, kind: email, template: first }
  - { id: pause, kind: wait, for: 2 days, on: [{ event: page.viewed, next: second }] }
  - { id: second, kind: email, template: second }
  - { id: done, kind: exit, outcome: completed }
`;

let world: World;
let versionId: string;
beforeAll(async () => {
  world = await startWorld({ overrides: { pump: undefined, sweepEveryMs: 300 } });
  versionId = await publishedJourney(world.db, JOURNEY);
}, 60_000);
afterAll(() => world.stop());

let people = 0;
async function waiting() {
  const email = `operated-${(people += 1)}@example.test`;
  const contactId = await contactWith(world.db, email);
  const id = await enrolled(world.db, { contactId, versionId });
  const handle = await world.start(id);
  await poll('the wait', async () => (await handle.query(position)).phase === 'waiting');
  return { id, email, handle };
}

function enrollment(id: string) {
  return world.db.enrollment.findUniqueOrThrow({ where: { id } });
}

async function subjects(email: string): Promise<string[]> {
  const mails = await world.db.outbox.findMany({ where: { to: email }, orderBy: { createdAt: 'asc' } });
  return mails.map(({ subject }) => subject);
}

async function terminated() {
  const person = await waiting();
  await person.handle.terminate('an operator did it');
  await poll('needs attention', async () => (await enrollment(person.id)).status === 'needs_attention');
  return person;
}

test('a terminated workflow needs attention', async () => {
  const { id } = await terminated();
  expect(await enrollment(id)).toMatchObject({ attention: { code: 'workflow-gone', stepId: 'pause', visit: 2 } });
});

test('retry brings it back where it stood', async () => {
  const { id, email } = await terminated();
  expect(await reviveEnrollment(world.db, id)).toBe(true);
  const handle = world.client.workflow.getHandle(`operated/${id}`);
  await poll('the new run', async () => (await handle.describe()).status.name === 'RUNNING');
  await poll('the wait again', async () => (await handle.query(position)).phase === 'waiting');
  await world.win(id, 2);
  expect(await handle.result()).toEqual({ outcome: 'completed' });
  expect(await subjects(email)).toEqual(['first', 'second']);
});

test('exit ends it although its workflow is gone', async () => {
  const { id } = await terminated();
  await exitEnrollment(world.db, id, { reason: 'left behind', at: new Date() });
  await poll('the end', async () => (await enrollment(id)).status === 'finished');
  expect(await enrollment(id)).toMatchObject({ outcome: 'exited' });
});

test('reset to the beginning repeats no mail', async () => {
  const { id, email, handle } = await waiting();
  const { events } = await handle.fetchHistory();
  const first = (events ?? []).find(
    ({ eventType }) => eventType === temporal.api.enums.v1.EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
  );
  await world.client.workflowService.resetWorkflowExecution({
    namespace: world.namespace,
    workflowExecution: { workflowId: handle.workflowId },
    workflowTaskFinishEventId: first?.eventId ?? null,
    requestId: crypto.randomUUID(),
    reason: 'an operator did it',
  });
  const again = world.client.workflow.getHandle(handle.workflowId);
  await poll('the wait again', async () => (await again.query(position).catch(() => null))?.phase === 'waiting');
  await world.win(id, 2);
  expect(await again.result()).toEqual({ outcome: 'completed' });
  expect(await subjects(email)).toEqual(['first', 'second']);
});

import type { WorkflowHandle } from '@temporalio/client';
import { position, released, retry, skip } from '../../workflows/contract/messages';
import { contactWith, enrolled, publishedJourney } from '../support/journeys';
import { poll } from '../support/poll';
import { startWorld, type World } from '../support/world';

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

let world: World;
let versionId: string;
beforeAll(async () => {
  world = await startWorld();
  versionId = await publishedJourney(world.db, SHORT);
}, 60_000);
afterAll(() => world.stop());

interface Started {
  id: string;
  email: string;
  handle: WorkflowHandle;
}

let people = 0;
async function started(options?: { historyEvents?: number; email?: null }): Promise<Started> {
  const email = `person-${(people += 1)}@example.test`;
  const contactId = await contactWith(world.db, options?.email === null ? null : email);
  const id = await enrolled(world.db, { contactId, versionId });
  return { id, email, handle: await world.start(id, options) };
}

async function phase({ handle }: Started, wanted: string): Promise<void> {
  await poll(wanted, async () => (await handle.query(position)).phase === wanted);
}

async function subjects({ email }: Started): Promise<string[]> {
  const mails = await world.db.outbox.findMany({ where: { to: email }, orderBy: { createdAt: 'asc' } });
  return mails.map(({ subject }) => subject);
}

async function enrollment({ id }: Started) {
  return world.db.enrollment.findUniqueOrThrow({ where: { id } });
}

test('says in words what it waits for', async () => {
  const person = await started();
  await phase(person, 'waiting');
  const shown = await person.handle.query(position);
  expect(shown).toMatchObject({ stepId: 'pause', visit: 2 });
  expect(shown.detail).toMatch(/^waiting for page.viewed until \w{3} \d+ \w{3} \d{4} \d\d:\d\d UTC, then second$/);
  await person.handle.cancel();
});

test('a cancelled workflow leaves in order', async () => {
  const person = await started();
  await phase(person, 'waiting');
  await person.handle.cancel();
  await expect(person.handle.result()).rejects.toThrow('Workflow execution cancelled');
  expect(await enrollment(person)).toMatchObject({ status: 'finished', outcome: 'cancelled' });
});

test('a behaviour goes on at once', async () => {
  const person = await started();
  await phase(person, 'waiting');
  await world.win(person.id, 2);
  expect(await person.handle.result()).toEqual({ outcome: 'completed' });
  expect(await subjects(person)).toEqual(['one', 'two']);
});

test('continuing as new changes nothing', async () => {
  const person = await started({ historyEvents: 1 });
  await phase(person, 'waiting');
  await world.win(person.id, 2);
  expect(await person.handle.result()).toEqual({ outcome: 'completed' });
  expect(await subjects(person)).toEqual(['one', 'two']);
  const runs = world.client.workflow.list({ query: `WorkflowId = '${person.handle.workflowId}'` });
  await poll('all runs in the list', async () => {
    let count = 0;
    for await (const run of runs) count += run.workflowId === person.handle.workflowId ? 1 : 0;
    return count >= 3;
  });
});

test('a skipped wait goes on', async () => {
  const person = await started();
  await phase(person, 'waiting');
  await person.handle.executeUpdate(skip);
  expect(await person.handle.result()).toEqual({ outcome: 'completed' });
  const visits = await world.db.stepVisit.findMany({ where: { enrollmentId: person.id }, orderBy: { visit: 'asc' } });
  expect(visits.map(({ outcome }) => outcome)).toEqual(['done', 'skipped', 'done', 'done']);
});

test('a retried wait begins anew', async () => {
  const person = await started();
  await phase(person, 'waiting');
  await person.handle.executeUpdate(retry);
  await poll('the new visit', async () => (await enrollment(person)).visit === 3);
  await phase(person, 'waiting');
  expect(await person.handle.query(position)).toMatchObject({ stepId: 'pause', visit: 3 });
  await person.handle.cancel();
});

test('nobody skips what has ended', async () => {
  const person = await started();
  await phase(person, 'waiting');
  await world.win(person.id, 2);
  await person.handle.result();
  await expect(person.handle.executeUpdate(skip)).rejects.toThrow();
});

test('a held contact stays until released', async () => {
  const hold = await world.db.hold.create({
    data: { id: crypto.randomUUID(), scope: 'step', journeyKey: 'short', stepId: 'second' },
  });
  const person = await started();
  await phase(person, 'waiting');
  await world.win(person.id, 2);
  await phase(person, 'held');
  expect(await enrollment(person)).toMatchObject({ status: 'held', visit: 2 });
  await world.db.hold.update({ where: { id: hold.id }, data: { liftedAt: new Date() } });
  await person.handle.signal(released);
  expect(await person.handle.result()).toEqual({ outcome: 'completed' });
});

test('a mail without an address waits for one', async () => {
  const person = await started({ email: null });
  await phase(person, 'deferred');
  expect((await person.handle.query(position)).detail).toMatch(/^first is deferred \(no-address\) until/);
  await person.handle.cancel();
});

test('a broken template needs attention', async () => {
  await world.db.templateVersion.updateMany({ where: { key: 'two' }, data: { html: "{{ 'x' | no-such-filter }}" } });
  const person = await started();
  await phase(person, 'waiting');
  await world.win(person.id, 2);
  await phase(person, 'needs-attention');
  expect(await enrollment(person)).toMatchObject({
    status: 'needs_attention',
    attention: { code: 'render-failed', stepId: 'second' },
  });
  await person.handle.executeUpdate(retry);
  await poll('the new visit', async () => (await enrollment(person)).visit === 4);
  await phase(person, 'needs-attention');
  await world.db.templateVersion.updateMany({ where: { key: 'two' }, data: { html: '<p>mended</p>' } });
  await person.handle.executeUpdate(retry);
  expect(await person.handle.result()).toEqual({ outcome: 'completed' });
  expect(await subjects(person)).toEqual(['one', 'two']);
  // The first mail, the second, its retry and the retry of that: nothing tried by itself meanwhile.
  const { events } = await person.handle.fetchHistory();
  expect((events ?? []).filter((event) => event.activityTaskScheduledEventAttributes)).toHaveLength(4);
});

import { startWorld, type World } from '../support/world';
import { actionsOf } from '../support/actions';
import { contactWith, enrolled, publishedJourney } from '../support/journeys';
import { poll } from '../support/poll';

const REFERENCE = `
journey: reference
name: Reference
explain: Five mails, four waits, three behaviours.
topic: education
stage: awareness
responsible: tests
review: 90 days
entry: [{ event: form.submitted }]
steps:
  - { id: m1, kind: email, template: one }
  - { id: w1, kind: wait, for: 1 second }
  - { id: m2, kind: email, template: two }
  - { id: w2, kind: wait, for: 5 days, on: [{ event: page.viewed, next: m3 }] }
  - { id: m3, kind: email, template: three }
  - { id: w3, kind: wait, for: 5 days, on: [{ event: page.viewed, next: m4 }] }
  - { id: m4, kind: email, template: four }
  - { id: w4, kind: wait, for: 5 days, on: [{ event: page.viewed, next: m5 }] }
  - { id: m5, kind: email, template: five }
  - { id: done, kind: exit, outcome: completed }
`;

let world: World;
beforeAll(async () => void (world = await startWorld()), 60_000);
afterAll(() => world.stop());

test('the reference journey costs 19 actions at most', async () => {
  const versionId = await publishedJourney(world.db, REFERENCE);
  const contactId = await contactWith(world.db, 'ada@example.test');
  const enrollmentId = await enrolled(world.db, { contactId, versionId });
  const handle = await world.start(enrollmentId);
  await poll('the first wait', async () => (await visitOf(enrollmentId)) === 2);
  await world.db.event.updateMany({ data: { processed: true } });
  for (const visit of [4, 6, 8]) {
    await poll(`visit ${visit}`, async () => (await visitOf(enrollmentId)) === visit);
    await world.win(enrollmentId, visit);
  }
  await handle.result();
  const { events } = await handle.fetchHistory();
  expect(await actionsOf(world.namespace)).toBeLessThanOrEqual(19);
  expect((events ?? []).length).toBeLessThanOrEqual(70);
});

async function visitOf(id: string): Promise<number> {
  return (await world.db.enrollment.findUniqueOrThrow({ where: { id } })).visit;
}

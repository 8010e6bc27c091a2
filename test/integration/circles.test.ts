import { acceptEvents } from '../../prisma/stores/events';
import { publishedJourney } from '../support/journeys';
import { poll } from '../support/poll';
import { happening } from '../support/pump';
import { startTestStack, type TestStack } from '../support/stack';

jest.setTimeout(60_000);

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
}, 60_000);
afterAll(() => stack.stop());

/** Lets in whoever comes out of the other. */
const following = (key: string, other: string) => `
journey: ${key}
explain: Whoever comes out of the other gets a mail.
topic: education
entry:
  - event: form.submitted
    where: { form: ${key} }
  - event: journey.finished
    where: { journey: ${other} }
reentry: always
steps:
  - { id: mail, kind: email, template: ${key}-mail }
  - { id: done, kind: exit, outcome: done }
`;

test('journeys that follow each other come to an end', async () => {
  const { db } = stack;
  const ann = { properties: { form: 'here' }, traits: { email: 'ann@example.test' } };
  await publishedJourney(db, following('here', 'there'));
  await publishedJourney(db, following('there', 'here'));
  await acceptEvents(db, [happening('form.submitted', { ...ann, hops: 15 })]);
  const last = { type: 'journey.finished', hops: { gt: 20 }, processed: true };
  await poll('an end too far away', async () => (await db.event.count({ where: last })) > 0, { timeoutMs: 40_000 });
  const runs = await db.enrollment.findMany({ orderBy: { entryTurn: 'asc' } });
  expect(runs.map(({ hops, status }) => [hops, status])).toEqual(
    [15, 16, 17, 18, 19, 20].map((at) => [at, 'finished']),
  );
  const sent = await db.event.findMany({ where: { type: 'email.sent' }, orderBy: { hops: 'asc' } });
  expect(sent.map(({ hops }) => hops)).toEqual([16, 17, 18, 19, 20, 21]);
});

import { join } from 'node:path';
import { anyFreePort } from '../../stack/ports';
import { searchAttributeTypes } from '../../stack/search-attributes';
import { startTemporal, type TemporalServer } from '../../stack/temporal';
import { apiClient, type ApiClient } from '../support/client';
import { publishedJourney } from '../support/journeys';
import { poll } from '../support/poll';
import { startTestStack, type TestStack } from '../support/stack';
import { temporaryHome } from '../support/stack-process';
import { testTemporalBinary } from '../support/temporal';

jest.setTimeout(90_000);

const JOURNEY = `
journey: offer
name: Offer
explain: A mail, and another one that depends on a click within three seconds.
topic: education
stage: awareness
responsible: tests
review: 90 days
entry: [{ event: form.submitted }]
steps:
  - { id: offer, kind: email, template: offer }
  - { id: rest, kind: wait, for: 3 seconds, on: [{ event: email.clicked, of: offer, next: clicked }] }
  - { id: missed, kind: email, template: missed, next: done }
  - { id: clicked, kind: email, template: clicked }
  - { id: done, kind: exit, outcome: completed }
`;

let start: () => Promise<TemporalServer>;
let temporal: TemporalServer;
let stack: TestStack;
let api: ApiClient;
beforeAll(async () => {
  const home = temporaryHome();
  const [port, metricsPort, binary] = [await anyFreePort(), await anyFreePort(), await testTemporalBinary()];
  start = () =>
    startTemporal({
      ...{ binary, port, metricsPort, uiPort: null, dbFile: join(home, 'elsewhere.db'), synchronous: 'OFF' },
      ...{ logFile: join(home, 'elsewhere.log'), searchAttributes: searchAttributeTypes },
    });
  temporal = await start();
  stack = await startTestStack({
    home,
    temporal: { address: temporal.address, namespace: 'default', apiKey: null, tls: false },
  });
  api = apiClient(stack.apiUrl, stack.apiKey);
  await publishedJourney(stack.db, JOURNEY);
}, 60_000);
afterAll(async () => {
  await stack.stop();
  await temporal.stop();
});

/** Somebody who rests after the offer. Answers the send's id, and the deadline. */
async function resting(name: string) {
  const who = { type: 'identify', userId: name, traits: { email: `${name}@example.test` } };
  await api.post('/v1/batch', {
    batch: [who, { type: 'track', userId: name, event: 'form.submitted', properties: {} }],
  });
  return poll('the rest', async () => {
    const [mail] = (await api.get(`/v1/outbox?to=${name}@example.test`)).body.data;
    const visit = await stack.db.stepVisit.findFirst({ where: { enrollmentId: mail?.enrollmentId, stepId: 'rest' } });
    return mail && visit?.deadline ? { ...mail, deadline: visit.deadline.getTime() } : null;
  });
}

test('a click wins while Temporal is away at the deadline', async () => {
  const [ann, bob] = await Promise.all([resting('ann'), resting('bob')]);
  await temporal.stop();
  expect((await api.post(`/v1/outbox/${ann.sendId}/click`)).status).toBe(200);
  const late = { type: 'track', userId: 'cat', event: 'form.submitted', properties: {} };
  const who = { type: 'identify', userId: 'cat', traits: { email: 'cat@example.test' } };
  expect((await api.post('/v1/batch', { batch: [who, late] })).body).toMatchObject({ accepted: 2 });
  await poll('the pump', async () => (await stack.db.event.count({ where: { processed: false } })) === 0);
  await poll('the deadline to pass', () => Date.now() > Math.max(ann.deadline, bob.deadline) + 500);
  expect((await api.post(`/v1/outbox/${bob.sendId}/click`)).status).toBe(200);
  temporal = await start();

  const path = async (enrollmentId: string) => {
    const visits = await stack.db.stepVisit.findMany({ where: { enrollmentId }, orderBy: { visit: 'asc' } });
    return visits.map(({ stepId }) => stepId);
  };
  await poll(
    'everybody to end',
    async () => (await stack.db.enrollment.count({ where: { outcome: 'completed' } })) === 3,
    {
      timeoutMs: 60_000,
    },
  );
  expect(await path(ann.enrollmentId)).toEqual(['offer', 'rest', 'clicked', 'done']);
  expect(await path(bob.enrollmentId)).toEqual(['offer', 'rest', 'missed', 'done']);
  expect(await stack.db.outbox.count({ where: { to: 'cat@example.test' } })).toBe(2);
  expect(await stack.db.outbox.count()).toBe(6);
});

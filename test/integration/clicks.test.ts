import { apiClient, type ApiClient } from '../support/client';
import { publishedJourney } from '../support/journeys';
import { poll } from '../support/poll';
import { startTestStack, type TestStack } from '../support/stack';

jest.setTimeout(60_000);

const journey = (key: string, rest: string) => `
journey: ${key}
name: ${key}
explain: A mail with a link, a rest that a click on it ends, and another mail either way.
topic: education
stage: awareness
responsible: tests
review: 90 days
entry: [{ event: form.submitted, where: { form: ${key} } }]
steps:
  - { id: offer, kind: email, template: ${key}-offer }
  - { id: rest, kind: wait, for: ${rest}, on: [{ event: email.clicked, of: offer, next: clicked }] }
  - { id: missed, kind: email, template: ${key}-missed, next: done }
  - { id: clicked, kind: email, template: ${key}-clicked }
  - { id: done, kind: exit, outcome: completed }
`;

let stack: TestStack;
let api: ApiClient;
beforeAll(async () => {
  stack = await startTestStack();
  api = apiClient(stack.apiUrl, stack.apiKey);
  for (const [key, rest] of Object.entries({ patient: '5 days', brief: '1 second' })) {
    await publishedJourney(stack.db, journey(key, rest));
  }
}, 60_000);
afterAll(() => stack.stop());

interface Person {
  enrollmentId: string;
  sendId: string;
}

/** Somebody who has the offer in the mailbox. */
async function offered(form: string, name: string): Promise<Person> {
  const email = `${name}@example.test`;
  const who = { type: 'identify', userId: name, traits: { email } };
  const batch = [who, { type: 'track', userId: name, event: 'form.submitted', properties: { form } }];
  expect((await api.post('/v1/batch', { batch })).status).toBe(200);
  const [mail] = await poll('the offer', async () => {
    const { data } = (await api.get(`/v1/outbox?to=${email}`)).body;
    return data.length > 0 && data;
  });
  return { enrollmentId: mail.enrollmentId, sendId: mail.sendId };
}

async function click({ sendId }: Person): Promise<void> {
  expect((await api.post(`/v1/outbox/${sendId}/click`)).status).toBe(200);
}

async function enrollment({ enrollmentId }: Person) {
  return (await api.get(`/v1/enrollments/${enrollmentId}`)).body;
}

function finished(person: Person) {
  return poll('the end', async () => {
    const body = await enrollment(person);
    return body.status === 'finished' && body;
  });
}

async function stepsSent({ enrollmentId }: Person): Promise<string[]> {
  const sends = await stack.db.send.findMany({ where: { enrollmentId }, orderBy: { visit: 'asc' } });
  return sends.map(({ stepId }) => stepId);
}

const resting = (person: Person) => poll('the rest', async () => (await enrollment(person)).stepId === 'rest');
const processed = () =>
  poll('all events', async () => (await stack.db.event.count({ where: { processed: false } })) === 0);

test('a click before the wait ends it at once', async () => {
  await api.post('/v1/journeys/patient/steps/rest/pause');
  const ann = await offered('patient', 'ann');
  await poll('ann to be held', async () => (await enrollment(ann)).status === 'held');
  await click(ann);
  await processed();
  await api.post('/v1/journeys/patient/steps/rest/resume');
  expect(await finished(ann)).toMatchObject({ outcome: 'completed' });
  expect(await stepsSent(ann)).toEqual(['offer', 'clicked']);
});

test('clicking twice sends one mail', async () => {
  const bob = await offered('patient', 'bob');
  await resting(bob);
  await Promise.all([click(bob), click(bob)]);
  await finished(bob);
  await processed();
  expect(await stepsSent(bob)).toEqual(['offer', 'clicked']);
});

test('a click after the end changes nothing', async () => {
  const cat = await offered('brief', 'cat');
  const before = await finished(cat);
  await click(cat);
  await processed();
  expect(await enrollment(cat)).toEqual(before);
  expect(await stepsSent(cat)).toEqual(['offer', 'missed']);
});

test('clicks in the instant of the time-out agree', async () => {
  const people = await Promise.all(Array.from({ length: 24 }, (_, i) => offered('brief', `dan-${i}`)));
  // From 60 ms before each deadline to 60 ms after it.
  await Promise.all(people.map((person, i) => clickAround(person, (i - 12) * 5)));
  await Promise.all(people.map(finished));
  const rows = await stack.db.$queryRaw<{ outcome: string; early: number; steps: string[] }[]>`
    select v.outcome, extract(epoch from v.deadline - ev.received_at) * 1000 as early,
      (select array_agg(s.step_id order by s.visit) from send s where s.enrollment_id = v.enrollment_id) as steps
    from step_visit v join send o on o.enrollment_id = v.enrollment_id and o.step_id = 'offer'
    join event ev on ev.send_id = o.id and ev.type = 'email.clicked'
    where v.step_id = 'rest' and v.enrollment_id = any(${people.map((one) => one.enrollmentId)}::uuid[])`;
  expect(rows).toHaveLength(people.length);
  for (const { outcome, early, steps } of rows) {
    expect(steps).toEqual(['offer', outcome === 'on:0' ? 'clicked' : 'missed']);
    // Stamped in time it wins; in its last moments it may be stamped and not committed yet.
    if (outcome === 'on:0') expect(Number(early)).toBeGreaterThan(0);
    else expect(Number(early)).toBeLessThan(100);
  }
});

/** Clicks once the clock is `offsetMs` from the deadline of the rest. */
async function clickAround(person: Person, offsetMs: number): Promise<void> {
  const { enrollmentId } = person;
  const deadline = await poll('the deadline', async () => {
    const visit = await stack.db.stepVisit.findFirst({ where: { enrollmentId, stepId: 'rest' } });
    return visit?.deadline?.getTime();
  });
  await poll('the moment', () => Date.now() >= deadline + offsetMs, { everyMs: 1 });
  await click(person);
}

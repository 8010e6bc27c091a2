import { apiClient, type ApiClient } from '../support/client';
import { poll } from '../support/poll';
import { startTestStack, type TestStack } from '../support/stack';

jest.setTimeout(90_000);

let stack: TestStack;
let server: ApiClient;
beforeAll(async () => {
  stack = await startTestStack({ demo: true });
  server = apiClient(stack.apiUrl, stack.apiKey);
}, 60_000);
afterAll(() => stack.stop());

interface Enrollment {
  id: string;
  journey: string;
  status: string;
  outcome: string | null;
}

async function arrives(userId: string, event: string, properties: object = {}): Promise<void> {
  expect((await server.post('/v1/track', { userId, event, properties })).body).toMatchObject({ accepted: 1 });
}

async function enrollments(userId: string): Promise<Enrollment[]> {
  const { body: contact } = await server.post('/v1/contacts/find', { externalId: userId });
  return contact.id ? (await server.get(`/v1/enrollments?contactId=${contact.id}`)).body.data : [];
}

/** `journey outcome` of each enrollment, open ones as their status. */
async function comesTo(userId: string, expected: string[]): Promise<Enrollment[]> {
  let found: Enrollment[] = [];
  const told = () => found.map(({ journey, status, outcome }) => `${journey} ${outcome ?? status}`).sort();
  await poll(expected.join(), async () => {
    found = await enrollments(userId);
    return JSON.stringify(told()) === JSON.stringify([...expected].sort());
  }).catch(() => undefined);
  expect(told()).toEqual([...expected].sort());
  return found;
}

async function subjectsTo(address: string): Promise<string[]> {
  const { body } = await server.get(`/v1/outbox?to=${encodeURIComponent(address)}`);
  return body.data.map(({ subject }: { subject: string }) => subject).reverse();
}

async function mailsTo(address: string, count: number): Promise<void> {
  await poll(`${count} mails`, async () => (await subjectsTo(address)).length >= count);
}

test('a first order makes a customer of a trial', async () => {
  await server.post('/v1/identify', { userId: 'grace', traits: { email: 'grace@example.test', firstName: 'Grace' } });
  await arrives('grace', 'trial.started', { plan: 'team' });
  await comesTo('grace', ['free-trial active']);
  await mailsTo('grace@example.test', 1);
  await arrives('grace', 'order.completed', { orderId: 'o-1', value: 120, currency: 'EUR' });
  await comesTo('grace', [
    'first-purchase active',
    'free-trial bought',
    'onboarding active',
    'satisfaction-survey active',
  ]);
  await mailsTo('grace@example.test', 2);
  expect(await subjectsTo('grace@example.test')).toEqual([
    'Your trial is open: begin here',
    'Thank you for your first order',
  ]);
});

test('the welcome series leads on to the education track', async () => {
  await server.post('/v1/identify', { userId: 'ada', traits: { email: 'ada@example.test', targetAccount: true } });
  await arrives('ada', 'form.submitted', { form: 'ebook' });
  const [welcome] = await comesTo('ada', ['welcome active']);
  await mailsTo('ada@example.test', 1);
  for (const by of ['3 days', '2 days', '4 days']) {
    const { status } = await server.post(`/v1/enrollments/${welcome?.id}/fast-forward`, { by });
    expect(status).toBe(200);
  }
  await comesTo('ada', ['education-track active', 'welcome quiet']);
  const { body } = await server.get('/v1/tasks');
  expect(body.data).toEqual([expect.objectContaining({ type: 'linkedin', title: 'Invite this lead on LinkedIn' })]);
});

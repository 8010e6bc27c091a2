import { startStack } from '../../stack/stack';
import { apiClient, type ApiClient } from '../support/client';
import { poll } from '../support/poll';
import { removeHome, temporaryHome } from '../support/stack-process';
import { testTemporalBinary } from '../support/temporal';
import { startTestStack, type TestStack } from '../support/stack';

jest.setTimeout(60_000);

let stack: TestStack;
let browser: ApiClient;
let server: ApiClient;
beforeAll(async () => {
  stack = await startTestStack({ demo: true });
  browser = apiClient(stack.apiUrl, stack.writeKey);
  server = apiClient(stack.apiUrl, stack.apiKey);
}, 60_000);
afterAll(() => stack.stop());

interface Mail {
  sendId: string;
  stepId: string;
  enrollmentId: string;
}

async function mailsTo(address: string): Promise<Mail[]> {
  const { body } = await server.get(`/v1/outbox?to=${encodeURIComponent(address)}`);
  return [...body.data].reverse();
}

async function stepsTo(address: string): Promise<string[]> {
  return (await mailsTo(address)).map(({ stepId }) => stepId);
}

function formOf(name: string) {
  const properties = { form: 'beginners-guide' };
  return { anonymousId: `visitor-${name}`, event: 'form.submitted', properties, messageId: `form-${name}` };
}

async function enrollmentsOf(client: ApiClient, email: string) {
  const contact = await client.post('/v1/contacts/find', { email });
  return (await client.get(`/v1/enrollments?contactId=${contact.body.id}`)).body.data;
}

/** An anonymous visitor asks for the guide, and then says who they are. Answers the enrollment's id. */
async function downloadsTheGuide(name: string): Promise<string> {
  const anonymousId = `visitor-${name}`;
  const form = {
    anonymousId,
    event: 'form.submitted',
    properties: { form: 'beginners-guide' },
    messageId: `form-${name}`,
  };
  expect((await browser.post('/v1/track', form)).status).toBe(200);
  const traits = { email: `${name}@example.test`, firstName: name };
  expect((await browser.post('/v1/identify', { anonymousId, traits, messageId: `who-${name}` })).status).toBe(200);
  const [mail] = await poll('the first mail', async () => {
    const mails = await mailsTo(`${name}@example.test`);
    return mails.length > 0 && mails;
  });
  return mail!.enrollmentId;
}

test('a click leads to the next mail', async () => {
  const began = performance.now();
  const enrollmentId = await downloadsTheGuide('ann');
  expect(performance.now() - began).toBeLessThan(3_000); // a second on a machine with nothing else to do
  await server.post(`/v1/enrollments/${enrollmentId}/fast-forward`, { by: '3 days' });
  const [, caseStudy] = await mailsTo('ann@example.test');
  expect(caseStudy?.stepId).toBe('case-study');
  expect((await server.post(`/v1/outbox/${caseStudy?.sendId}/click`)).status).toBeLessThan(300);
  const steps = await poll('the mail after the click', async () => {
    const sent = await stepsTo('ann@example.test');
    return sent.length === 3 && sent;
  });
  expect(steps).toEqual(['deliver-guide', 'case-study', 'benefits']);
});

test('without a click the other mail comes', async () => {
  const enrollmentId = await downloadsTheGuide('bob');
  await server.post(`/v1/enrollments/${enrollmentId}/fast-forward`, { by: '8 days' });
  const enrollment = await poll('the end', async () => {
    const { body } = await server.get(`/v1/enrollments/${enrollmentId}`);
    return body.status === 'finished' && body;
  });
  expect(enrollment).toMatchObject({ outcome: 'completed' });
  expect(await stepsTo('bob@example.test')).toEqual(['deliver-guide', 'case-study', 'video']);
});

test('one event posted fifty times enrolls once', async () => {
  const replies = await Promise.all(Array.from({ length: 50 }, () => browser.post('/v1/track', formOf('cat'))));
  const sum = (name: string) => replies.reduce((total, { body }) => total + body[name], 0);
  expect([sum('accepted'), sum('duplicates')]).toEqual([1, 49]);
  await downloadsTheGuide('cat');
  expect(await enrollmentsOf(server, 'cat@example.test')).toHaveLength(1);
  expect(await stepsTo('cat@example.test')).toEqual(['deliver-guide']);
});

test('repeated after a restart it changes nothing', async () => {
  const home = temporaryHome();
  const start = async () =>
    startStack({ home, throwAway: true, demo: true, temporalCliPath: await testTemporalBinary() });
  const event = { ...formOf('dan'), userId: 'dan' };
  const first = await start();
  const before = apiClient(first.apiUrl, first.apiKey);
  expect((await before.post('/v1/identify', { userId: 'dan', traits: { email: 'dan@example.test' } })).status).toBe(
    200,
  );
  expect((await before.post('/v1/track', event)).body).toMatchObject({ accepted: 1 });
  await poll('the first mail', async () => (await before.get('/v1/outbox')).body.data.length === 1);
  await first.stop();

  const second = await start();
  const after = apiClient(second.apiUrl, second.apiKey);
  expect((await after.post('/v1/track', event)).body).toMatchObject({ accepted: 0, duplicates: 1 });
  const [enrollment] = await enrollmentsOf(after, 'dan@example.test');
  await after.post(`/v1/enrollments/${enrollment.id}/fast-forward`, { by: '3 days' });
  const { body } = await after.get('/v1/outbox');
  expect(body.data.map(({ stepId }: Mail) => stepId)).toEqual(['case-study', 'deliver-guide']);
  expect(await enrollmentsOf(after, 'dan@example.test')).toHaveLength(1);
  await second.stop();
  await removeHome(home);
});

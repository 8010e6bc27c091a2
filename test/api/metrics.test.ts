import request from 'supertest';
import { createDb } from '../../prisma/client';
import { aSentMail } from '../support/sent-mail';
import { testApi, type TestApi } from './harness';
import { aContact, aWaitingEnrollment, publishedJourney } from './people';

let api: TestApi;
/** Keeps the first figures for some seconds, so each test has an application of its own. */
beforeEach(async () => void (api = await testApi()));
afterEach(() => api.drop());

async function scrape(): Promise<Record<string, number>> {
  const { text } = await request(api.app).get('/metrics').expect(200);
  const lines = text.split('\n').filter((line) => line.startsWith('nurture_') && !line.includes('seconds_bucket'));
  return Object.fromEntries(lines.map((line) => [line.split(' ')[0], Number(line.split(' ')[1])]));
}

test('an empty house shows zeros', async () => {
  expect(await scrape()).toMatchObject({
    nurture_database_up: 1,
    nurture_events_unprocessed: 0,
    nurture_events_oldest_seconds: 0,
    nurture_dispatch_oldest_seconds: 0,
    'nurture_dispatch_owed{kind="start"}': 0,
    'nurture_enrollments_open{status="needs_attention"}': 0,
    nurture_circuits_open: 0,
  });
});

test('what waits is counted', async () => {
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000);
  const event = { origin: 'http', type: 'e', keys: ['user:u'], bucket: 0, occurredAt: ago(100) };
  await api.db.event.createMany({
    data: [
      { ...event, messageId: 'old', receivedAt: ago(90) },
      { ...event, messageId: 'new', receivedAt: ago(10) },
      { ...event, messageId: 'bad', receivedAt: ago(500), error: 'invalid input' },
      { ...event, messageId: 'done', receivedAt: ago(900), processed: true, turn: 1n },
    ],
  });
  const contactId = await aContact(api.db);
  const versionId = await publishedJourney(api.db, 'counted');
  const another = async (status: string) =>
    aWaitingEnrollment(api.db, { contactId: await aContact(api.db), versionId, journeyKey: 'counted', status });
  const enrollmentId = await aWaitingEnrollment(api.db, { contactId, versionId, journeyKey: 'counted' });
  for (const status of ['held', 'held', 'needs_attention', 'finished']) await another(status);
  const row = { enrollmentId, workflowId: `counted/${enrollmentId}` };
  await api.db.dispatch.createMany({
    data: [
      { ...row, kind: 'wake', createdAt: ago(60) },
      { ...row, kind: 'wake', createdAt: ago(30) },
      { ...row, kind: 'start', createdAt: ago(600), parked: true },
    ],
  });
  for (const state of ['unknown', 'unknown', 'deferred', 'accepted']) await aSentMail(api.db, { state });
  await api.db.circuit.create({ data: { transport: 'sendgrid', reason: 'key refused', retryAt: ago(-60) } });
  const found = await scrape();
  expect(found).toMatchObject({
    nurture_events_unprocessed: 2,
    nurture_events_set_aside: 1,
    'nurture_dispatch_owed{kind="wake"}': 2,
    'nurture_dispatch_owed{kind="start"}': 0,
    nurture_dispatch_parked: 1,
    nurture_sends_unknown: 2,
    nurture_sends_deferred: 1,
    'nurture_enrollments_open{status="active"}': 5, // four of them had a mail
    'nurture_enrollments_open{status="held"}': 2,
    'nurture_enrollments_open{status="needs_attention"}': 1,
    nurture_circuits_open: 1,
  });
  expect(Math.floor(found.nurture_events_oldest_seconds ?? 0)).toBeGreaterThanOrEqual(90);
  expect(found.nurture_events_oldest_seconds).toBeLessThan(400);
  expect(Math.floor(found.nurture_dispatch_oldest_seconds ?? 0)).toBeGreaterThanOrEqual(60);
  expect(found.nurture_dispatch_oldest_seconds).toBeLessThan(500);
});

test('the database is asked once in a while', async () => {
  await scrape();
  await api.db.circuit.create({ data: { transport: 'sendgrid', reason: 'key refused', retryAt: new Date() } });
  expect((await scrape()).nurture_circuits_open).toBe(0);
});

test('without the database no figure is made up', async () => {
  await api.drop();
  const db = createDb('postgresql://nobody@127.0.0.1:1/none');
  api = await testApi({ db });
  const found = await scrape();
  expect(found.nurture_database_up).toBe(0);
  expect(Object.keys(found).filter((name) => /events_|dispatch_|sends_|enrollments_|circuits_/.test(name))).toEqual([]);
  await db.$disconnect();
});

import { v7 } from 'uuid';
import { testApi, type TestApi } from './harness';
import { aContact, aWaitingEnrollment, publishedJourney } from './people';

let api: TestApi;
beforeAll(async () => void (api = await testApi()));
afterAll(() => api.drop());

test('what kept failing is listed and retried', async () => {
  await api.db.event.create({
    data: {
      ...{ origin: 'http', messageId: 'bad', type: 'form.submitted', keys: ['user:u'], bucket: 1 },
      occurredAt: new Date(),
      error: 'invalid input',
    },
  });
  const contactId = await aContact(api.db, { email: 'ada@set-aside.test' });
  const versionId = await publishedJourney(api.db, 'set-aside');
  const enrollmentId = await aWaitingEnrollment(api.db, { contactId, versionId, journeyKey: 'set-aside' });
  await api.db.dispatch.createMany({
    data: Array.from({ length: 101 }, () => ({
      ...{ enrollmentId, workflowId: `x/${enrollmentId}`, kind: 'wake', parked: true, error: 'refused', attempts: 10 },
    })),
  });
  const payload = { event: 'delivered', email: 'ada@set-aside.test' };
  await api.db.providerEvent.create({
    data: { ...{ id: v7(), provider: 'sendgrid', dedupKey: 'bad', type: 'delivered', payload }, error: 'RangeError' },
  });
  const { body } = await api.get('/v1/system/set-aside').expect(200);
  expect(body.events).toMatchObject([{ messageId: 'bad', error: 'invalid input' }]);
  expect(body.dispatches).toHaveLength(100);
  expect(body.dispatches[0]).toMatchObject({ enrollmentId, error: 'refused', attempts: 10 });
  expect(body.facts).toMatchObject([{ provider: 'sendgrid', type: 'delivered', error: 'RangeError' }]);
  const retried = await api.post('/v1/system/set-aside/retry').expect(200);
  expect(retried.body).toEqual({ events: 1, dispatches: 101, facts: 1 });
  const { body: after } = await api.get('/v1/system/set-aside').expect(200);
  expect(after).toEqual({ events: [], dispatches: [], facts: [] });
});

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
  await api.db.dispatch.create({
    data: { enrollmentId, workflowId: `x/${enrollmentId}`, kind: 'wake', parked: true, error: 'refused', attempts: 10 },
  });
  const { body } = await api.get('/v1/system/set-aside').expect(200);
  expect(body.events).toMatchObject([{ messageId: 'bad', error: 'invalid input' }]);
  expect(body.dispatches).toMatchObject([{ enrollmentId, error: 'refused', attempts: 10 }]);
  const retried = await api.post('/v1/system/set-aside/retry').expect(200);
  expect(retried.body).toEqual({ events: 1, dispatches: 1 });
  expect((await api.get('/v1/system/set-aside').expect(200)).body).toEqual({ events: [], dispatches: [] });
});

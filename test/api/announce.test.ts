import request from 'supertest';
import { listen, type Listener } from '../../prisma/listen';
import { poll } from '../support/poll';
import { aSentMail } from '../support/sent-mail';
import { testApi, type TestApi } from './harness';

let api: TestApi;
let listener: Listener;
let told = { events: 0, dispatch: 0 };
beforeAll(async () => {
  api = await testApi();
  listener = listen(api.url, {
    nurture_event: () => void (told.events += 1),
    nurture_dispatch: () => void (told.dispatch += 1),
  });
  await poll('the first call', () => told.dispatch > 0);
});
afterAll(async () => {
  await listener.stop();
  await api.drop();
});
beforeEach(() => void (told = { events: 0, dispatch: 0 }));

test('an opt-out wakes pump and dispatcher', async () => {
  const { unsubscribeToken } = await aSentMail(api.db);
  await request(api.app).post(`/u/${unsubscribeToken}`).type('form').send('List-Unsubscribe=One-Click').expect(200);
  await poll('both', () => told.events > 0 && told.dispatch > 0);
});

test('a captured complaint wakes both', async () => {
  const { sendId } = await aSentMail(api.db);
  await api.post(`/v1/outbox/${sendId}/complain`).expect(200);
  await poll('both', () => told.events > 0 && told.dispatch > 0);
});

test('an abandoned send wakes the dispatcher', async () => {
  const { sendId } = await aSentMail(api.db, { state: 'unknown' });
  await api.post(`/v1/sends/${sendId}/abandon`).expect(200);
  await poll('the dispatcher', () => told.dispatch > 0);
});

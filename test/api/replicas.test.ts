import pino from 'pino';
import { startApi, type RunningApi } from '../../api/server';
import { currentSettings } from '../../prisma/stores/current-settings';
import { patchSettings } from '../../prisma/stores/settings';
import { poll } from '../support/poll';
import { testApi, testConfig, type TestApi } from './harness';

let api: TestApi;
/** Another process, as far as it knows. */
let replica: RunningApi;
beforeAll(async () => {
  api = await testApi();
  const temporal = { address: '127.0.0.1:1', namespace: 'none', apiKey: null, tls: false };
  replica = await startApi({
    config: { ...testConfig, databaseUrl: api.url, temporal },
    log: pino({ level: 'silent' }),
  });
});
afterAll(async () => {
  await replica.stop();
  await api.drop();
});

/** As what an event of this name is stored that another process takes. */
async function storedAs(event: string): Promise<string> {
  const headers = { authorization: `Bearer ${api.serverKey}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ userId: 'ada', event });
  const response = await fetch(`${replica.url}/v1/track`, { method: 'POST', headers, body });
  expect(response.status).toBe(200);
  return (await api.db.event.findFirstOrThrow({ orderBy: { seq: 'desc' } })).type;
}

test('a change of settings is heard of elsewhere', async () => {
  expect(await storedAs('Asked')).toBe('Asked');
  await api.patch('/v1/settings', { eventNames: { Asked: 'demo.requested' } }).expect(200);
  // Without a word, it would be known after two seconds.
  await poll('the new name', async () => (await storedAs('Asked')) === 'demo.requested', { timeoutMs: 1_500 });
});

test('what is read during a change is not kept', async () => {
  const settings = currentSettings(api.db);
  const reading = settings.current();
  settings.forget();
  await reading;
  await patchSettings(api.db, { unknownSends: 'hold' }, null);
  expect((await settings.current()).unknownSends).toBe('hold');
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startStack } from '../../stack/stack';
import { freshNamespace } from '../support/namespace';
import { startTestStack, type TestStack } from '../support/stack';
import { temporaryHome } from '../support/stack-process';
import { testTemporal, testTemporalBinary } from '../support/temporal';

let stack: TestStack | undefined;
afterEach(async () => {
  await stack?.stop();
  stack = undefined;
});

test('a stack starts and stops inside a test', async () => {
  const home = temporaryHome();
  stack = await startTestStack({ home });
  const written: unknown = JSON.parse(readFileSync(join(home, 'dev.json'), 'utf8'));
  expect(written).toMatchObject({
    apiUrl: stack.apiUrl,
    apiKey: stack.apiKey,
    writeKey: stack.writeKey,
    temporalAddress: stack.temporalAddress,
    temporalNamespace: 'default',
    databaseUrl: stack.databaseUrl,
    pid: process.pid,
  });
  expect((await fetch(`${stack.apiUrl}/readyz`)).status).toBe(200);
  const [key] = await stack.db.apiKey.findMany({ where: { name: 'first browser key' } });
  expect(key).toMatchObject({ scopes: ['ingest'], prefix: stack.writeKey.slice(0, 8) });
});

test('demo decides whether journeys are published', async () => {
  stack = await startTestStack({ demo: true });
  const journeys = await stack.db.journey.findMany();
  const drafts = journeys.filter(({ status }) => status !== 'published').map(({ key }) => key);
  expect(drafts.sort()).toEqual(['cart-abandonment', 'webinar-invitation', 'win-back']);
});

test('servers that are named are used', async () => {
  const address = testTemporal().address;
  const namespace = await freshNamespace();
  stack = await startTestStack({ temporal: { address, namespace, apiKey: null, tls: false } });
  expect(stack).toMatchObject({ temporalAddress: address, temporalNamespace: namespace, temporalUiUrl: null });
  expect(await (await fetch(`${stack.apiUrl}/readyz`)).json()).toMatchObject({ temporal: 'ok', database: 'ok' });
});

test('a Temporal that is not there stops all', async () => {
  const temporal = { address: '127.0.0.1:1', namespace: 'default', apiKey: null, tls: false };
  await expect(startTestStack({ temporal })).rejects.toThrow('no Temporal at 127.0.0.1:1 (TEMPORAL_ADDRESS)');
});

test('a database that is not there stops all', async () => {
  const home = temporaryHome();
  const databaseUrl = 'postgresql://nobody@127.0.0.1:1/none';
  const temporalCliPath = await testTemporalBinary();
  await expect(startStack({ home, databaseUrl, temporalCliPath, throwAway: true })).rejects.toThrow('ECONNREFUSED');
  expect(existsSync(join(home, 'stack.json'))).toBe(false);
});

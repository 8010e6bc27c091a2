import { Connection } from '@temporalio/client';
import { readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { poll } from '../support/poll';
import {
  killStacks,
  pathWithoutTemporal,
  removeHome,
  runningOf,
  serversOf,
  spawnStack,
  temporaryHome,
} from '../support/stack-process';

jest.setTimeout(90_000);

const homes: string[] = [];
function newHome(): string {
  const home = temporaryHome();
  homes.push(home);
  return home;
}

afterEach(async () => {
  killStacks();
  await Promise.all(homes.splice(0).map(removeHome));
});

async function one<T>(databaseUrl: string, sql: string): Promise<T | undefined> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 1_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<T & object>(sql)).rows[0];
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function isTemporalUp(address: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: 1_000 });
    await connection.workflowService.describeNamespace({ namespace: 'default' });
    await connection.close();
    return true;
  } catch {
    return false;
  }
}

function listenOn(port: number): Promise<{ server: Server; port: number }> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve({ server, port: typeof address === 'object' && address ? address.port : 0 });
    });
  });
}

test('a second start keeps keys and data', async () => {
  const home = newHome();
  const first = await spawnStack(home);
  const before = await first.ready();
  expect(statSync(join(home, 'dev.json')).mode & 0o777).toBe(0o600);
  expect(await one(before.databaseUrl, 'select count(*)::int from api_key')).toEqual({ count: 2 });
  const servers = serversOf(home);
  expect(runningOf(servers).sort()).toEqual(['postgres', 'temporal']);

  const twin = await spawnStack(home);
  expect(await twin.exit).toBe(1);
  expect(twin.output()).toContain(`already runs on ${home} (process ${first.pid})`);
  expect(runningOf(servers)).toHaveLength(2);

  first.kill('SIGINT');
  expect(await first.exit).toBe(0);
  expect(runningOf(servers)).toEqual([]);

  const second = await spawnStack(home);
  const after = await second.ready();
  expect(after.apiKey).toBe(before.apiKey);
  expect(await one(after.databaseUrl, 'select count(*)::int from api_key')).toEqual({ count: 2 });
});

test('kill -9 leaves nothing running', async () => {
  const home = newHome();
  const stack = await spawnStack(home);
  await stack.ready();
  const servers = serversOf(home);
  stack.kill('SIGKILL');
  await poll('the guards to end the servers', () => runningOf(servers).length === 0, { timeoutMs: 20_000 });
});

test('a start ends what a predecessor left', async () => {
  const home = newHome();
  const first = await spawnStack(home);
  const { apiKey } = await first.ready();
  const servers = serversOf(home);
  first.kill('SIGKILL');
  const second = await spawnStack(home); // at once: the guards may still be at work
  expect((await second.ready()).apiKey).toBe(apiKey);
  expect(runningOf(servers)).toEqual([]);
  second.kill('SIGTERM');
  expect(await second.exit).toBe(0);
});

test('servers that die are started again', async () => {
  const home = newHome();
  const stack = await spawnStack(home);
  const { apiUrl, databaseUrl, temporalAddress } = await stack.ready();
  const ready = () => fetch(`${apiUrl}/readyz`).then(({ status }) => status);
  expect(await ready()).toBe(200);
  const before = serversOf(home);
  for (const ref of Object.values(before)) process.kill(ref.pid, 'SIGKILL');
  expect(await ready()).toBe(503);
  const query = () => one(databaseUrl, 'select count(*)::int from api_key').catch(() => null);
  expect(await poll('PostgreSQL to answer', query, { timeoutMs: 30_000 })).toEqual({ count: 2 });
  await poll('Temporal to answer', () => isTemporalUp(temporalAddress), { timeoutMs: 30_000 });
  const after = serversOf(home);
  expect([after.postgres?.pid, after.temporal?.pid]).not.toContain(before.postgres?.pid);
  expect(runningOf(after)).toHaveLength(2);
  await poll('the API to be ready again', async () => (await ready()) === 200, { timeoutMs: 30_000 });
  expect(stack.output()).toMatch(/postgres ended unexpectedly/);
  stack.kill('SIGTERM');
  const code = await stack.exit;
  expect(code === 0 ? '' : stack.output()).toBe('');
  expect(runningOf(after)).toEqual([]);
});

test('a taken PORT is a clear error', async () => {
  const { server, port } = await listenOn(0);
  const home = newHome();
  const stack = await spawnStack(home, { PORT: String(port) });
  expect(await stack.exit).toBe(1);
  expect(stack.output()).toContain(`port ${port} is taken`);
  server.close();
});

test('half a configuration names what is missing', async () => {
  const stack = await spawnStack(newHome(), { SENDGRID_API_KEY: 'SG.x' });
  expect(await stack.exit).toBe(1);
  expect(stack.output()).toMatch(/PUBLIC_URL is missing[^]*POSTAL_ADDRESS is missing/);
});

test('without network and cache the choices are named', async () => {
  const home = newHome();
  const offline = { HTTPS_PROXY: 'http://127.0.0.1:1', HTTP_PROXY: 'http://127.0.0.1:1', NO_PROXY: '' };
  const noIndex = { PIP_INDEX_URL: 'http://127.0.0.1:1/simple', PIP_CONFIG_FILE: '/dev/null', PIP_NO_INDEX: '1' };
  const stack = await spawnStack(home, {
    PATH: pathWithoutTemporal(home),
    TEMPORAL_CLI_PATH: '',
    ...offline,
    ...noIndex,
  });
  expect(await stack.exit).toBe(1);
  for (const choice of ['TEMPORAL_ADDRESS', 'TEMPORAL_CLI_PATH', 'on PATH', 'start once with network']) {
    expect(stack.output()).toContain(choice);
  }
  expect(readFileSync(join(home, 'logs/postgres.log'), 'utf8')).toContain('database system is shut down');
});

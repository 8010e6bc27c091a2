import type { GuardedProcess } from '../../../stack/guarded-process';
import { supervise } from '../../../stack/supervisor';
import { poll } from '../../support/poll';

interface FakeServer extends GuardedProcess {
  die: () => void;
}

function fakeServer(): FakeServer {
  let die = () => undefined as void;
  const exited = new Promise<void>((resolve) => (die = resolve));
  const stop = async () => die();
  return { ref: { pid: 1, started: '' }, exited, stop, die };
}

function recorder(failures: number[] = []) {
  const servers: FakeServer[] = [];
  const said: string[] = [];
  let attempt = 0;
  const start = async () => {
    attempt += 1;
    if (failures.includes(attempt)) throw new Error(`attempt ${attempt}`);
    const server = fakeServer();
    servers.push(server);
    return server;
  };
  return { servers, said, spec: { name: 'fake', start, say: (line: string) => void said.push(line) } };
}

test('a server that dies is started again', async () => {
  const { servers, said, spec } = recorder();
  const supervised = await supervise(spec);
  servers[0]?.die();
  await poll('a second server', () => servers.length === 2);
  expect(said).toEqual(['fake ended unexpectedly; starting it again']);
  await supervised.stop();
});

test('a restart that fails is repeated', async () => {
  const { servers, said, spec } = recorder([2, 3]);
  const supervised = await supervise(spec);
  servers[0]?.die();
  await poll('a server after two failures', () => servers.length === 2);
  expect(said.slice(1)).toEqual(['fake did not start: attempt 2', 'fake did not start: attempt 3']);
  await supervised.stop();
});

test('a first start that fails is an error', async () => {
  await expect(supervise(recorder([1]).spec)).rejects.toThrow('attempt 1');
});

test('a stopped server is not started again', async () => {
  const { servers, said, spec } = recorder();
  await (await supervise(spec)).stop();
  expect([servers.length, said]).toEqual([1, []]);
});

test('stopping while it pauses starts nothing', async () => {
  const { servers, said, spec } = recorder();
  const supervised = await supervise(spec);
  servers[0]?.die();
  await poll('the death to be seen', () => said.length === 1, { everyMs: 1 });
  await supervised.stop();
  expect(servers).toHaveLength(1);
});

test('a server started while stopping ends too', async () => {
  const { servers, spec } = recorder();
  let release = () => undefined as void;
  let starts = 0;
  const start = async () => {
    starts += 1;
    if (starts === 2) await new Promise<void>((resolve) => (release = resolve));
    return spec.start();
  };
  const supervised = await supervise({ ...spec, start });
  servers[0]?.die();
  await poll('the second start', () => starts === 2);
  const stopped = supervised.stop();
  release();
  await stopped;
  const last = servers[1]?.exited.then(() => 'ended');
  expect(await Promise.race([last, Promise.resolve().then(() => 'running')])).toBe('ended');
});

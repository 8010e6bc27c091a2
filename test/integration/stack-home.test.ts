import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeHome } from '../../stack/home';
import { isRunning, processRef, type ProcessRef } from '../../stack/process-identity';
import { findTemporalBinary } from '../../stack/temporal-binary';

const children: ChildProcess[] = [];
afterAll(() => children.forEach((child) => child.kill('SIGKILL')));

function newDir(): string {
  return mkdtempSync(join(tmpdir(), 'nurture-home-'));
}

function sleeper(): ProcessRef {
  const child = spawn('sleep', ['60']);
  children.push(child);
  const ref = processRef(child.pid ?? 0);
  if (!ref) throw new Error('the child did not start');
  return ref;
}

function predecessor(dir: string, owner: ProcessRef, servers: ProcessRef[]): void {
  const record = { owner, servers: servers.map((ref) => ({ name: 'temporal', ref, port: 1 })) };
  writeFileSync(join(dir, 'stack.json'), JSON.stringify(record));
}

const dead = { pid: 1, started: 'long ago' };

test('of starts at once one takes the folder', async () => {
  const dir = newDir();
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => takeHome(dir)));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('a folder that was released is free', async () => {
  const dir = newDir();
  (await takeHome(dir)).release();
  (await takeHome(dir)).release();
});

test('what a dead predecessor left is ended', async () => {
  const dir = newDir();
  const left = sleeper();
  predecessor(dir, dead, [left]);
  await takeHome(dir);
  expect(isRunning(left)).toBe(false);
});

test('a stranger with a used number lives', async () => {
  const dir = newDir();
  const stranger = sleeper();
  predecessor(dir, dead, [{ ...stranger, started: 'long ago' }]);
  await takeHome(dir);
  expect(isRunning(stranger)).toBe(true);
});

test('a living predecessor keeps its servers', async () => {
  const dir = newDir();
  const [owner, server] = [sleeper(), sleeper()];
  predecessor(dir, owner, [server]);
  await expect(takeHome(dir)).rejects.toThrow(`already runs on ${dir} (process ${owner.pid})`);
  expect(isRunning(server)).toBe(true);
});

test('half a record is no predecessor', async () => {
  const dir = newDir();
  writeFileSync(join(dir, 'stack.json'), '{"owner":{"pid"');
  await takeHome(dir);
  expect(readFileSync(join(dir, 'stack.json'), 'utf8')).toContain(`"pid": ${process.pid}`);
});

describe('the Temporal binary', () => {
  const nowhere = { cliPath: null, searchPath: '', download: false };
  const program = (dir: string, name: string, version: string) => {
    writeFileSync(join(dir, name), `#!/bin/sh\necho "temporal version ${version} (Server 1.0.0)"\n`);
    chmodSync(join(dir, name), 0o755);
    return join(dir, name);
  };

  test('is the one that was named', async () => {
    const dir = newDir();
    const cliPath = program(dir, 'mine', '1.9.1');
    expect(await findTemporalBinary({ ...nowhere, cliPath, cacheDir: dir })).toBe(cliPath);
  });

  test('named wrongly is an error', async () => {
    const cliPath = '/nowhere/temporal';
    await expect(findTemporalBinary({ ...nowhere, cliPath, cacheDir: newDir() })).rejects.toThrow('TEMPORAL_CLI_PATH');
  });

  test('on the path goes before the cache', async () => {
    const [dir, cacheDir] = [newDir(), newDir()];
    const path = program(dir, 'temporal', '1.10.0');
    program(cacheDir, 'temporal-1.9.1', '1.9.1');
    expect(await findTemporalBinary({ ...nowhere, searchPath: dir, cacheDir })).toBe(path);
  });

  test('too old is passed over', async () => {
    const [dir, cacheDir] = [newDir(), newDir()];
    program(dir, 'temporal', '1.3.0');
    const cached = program(cacheDir, 'temporal-1.9.1', '1.9.1');
    expect(await findTemporalBinary({ ...nowhere, searchPath: dir, cacheDir })).toBe(cached);
    const without = findTemporalBinary({ ...nowhere, searchPath: dir, cacheDir: newDir() });
    await expect(without).rejects.toThrow(/1\.3\.0, older than 1\.9/);
  });
});

import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { dirname } from 'node:path';
import { endProcess, processRef, type ProcessRef } from './process-identity';

export interface ProcessSpec {
  name: string;
  command: string;
  args: string[];
  /** All of it: a server inherits nothing. */
  env: Record<string, string>;
  /** Run as this user instead of one's own. */
  user?: { uid: number; gid: number };
  /** Asks it to end in good order. */
  stopSignal: 'SIGINT' | 'SIGTERM';
  stopGraceMs: number;
  logFile: string;
  /** Called with each new process, before it is known to work. */
  onSpawn?: (ref: ProcessRef) => void;
}

export interface GuardedProcess {
  ref: ProcessRef;
  /** Resolves when it has ended, for whatever reason. */
  exited: Promise<void>;
  stop: () => Promise<void>;
}

/**
 * Ends the server when this process is gone, however it went: the guard's standard input then ends. It compares start
 * times, so that a stranger with a used number is left alone.
 */
const GUARD = `
read -r _
started() {
  if [ -r /proc/self/stat ]; then sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20
  else ps -o lstart= -p "$1" | sed 's/^ *//; s/ *$//'; fi
}
same() { [ "$(started "$1")" = "$2" ]; }
same "$1" "$2" && kill -s "$3" "$1" 2>/dev/null
i=0
while same "$1" "$2" && [ $i -lt 40 ]; do sleep 0.25; i=$((i + 1)); done
same "$1" "$2" && kill -s KILL "$1" 2>/dev/null
`;

/** Starts a server in a session of its own (so Ctrl-C reaches only us), with a guard beside it. */
export async function startGuarded(spec: ProcessSpec): Promise<GuardedProcess> {
  mkdirSync(dirname(spec.logFile), { recursive: true });
  const log = openSync(spec.logFile, 'a', 0o600);
  const { name, command, args, env, user = {} } = spec;
  const child = spawn(command, args, { ...user, env, cwd: '/', detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const pid = await spawned(child, name);
  const ref = processRef(pid) ?? { pid, started: '' };
  spec.onSpawn?.(ref);
  const guard = startGuard(ref, spec);
  void exited.then(() => guard.stdin?.end());
  return { ref, exited, stop: () => stop(ref, spec, exited) };
}

/** The last lines that a server wrote, for the error that says why it did not start. */
export function lastLines(logFile: string, count = 10): string {
  try {
    return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  } catch {
    return '';
  }
}

async function stop(ref: ProcessRef, spec: ProcessSpec, exited: Promise<void>): Promise<void> {
  await endProcess(ref, spec.stopSignal, spec.stopGraceMs);
  await exited;
}

function spawned(child: ChildProcess, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject(new Error(`${name} could not be started: ${error.message}`, { cause: error })),
    );
    child.once('spawn', () => (child.pid ? resolve(child.pid) : reject(new Error(`${name} has no process id`))));
  });
}

function startGuard(ref: ProcessRef, spec: ProcessSpec): ChildProcess {
  const signal = spec.stopSignal.replace('SIG', '');
  const args = ['-c', GUARD, `nurture-guard-${spec.name}`, String(ref.pid), ref.started, signal];
  const guard = spawn('/bin/sh', args, { cwd: '/', detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  guard.on('error', () => undefined);
  guard.unref();
  if (guard.stdin instanceof Socket) guard.stdin.unref();
  return guard;
}

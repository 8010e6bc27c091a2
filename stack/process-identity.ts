import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process by its number and the moment it began, since numbers are used again. */
export interface ProcessRef {
  pid: number;
  started: string;
}

/** The process that has this number now; null when there is none, or only its unreaped remains. */
export function processRef(pid: number): ProcessRef | null {
  const started = process.platform === 'linux' ? startedOnLinux(pid) : startedElsewhere(pid);
  return started === null ? null : { pid, started };
}

export function isRunning(ref: ProcessRef): boolean {
  return processRef(ref.pid)?.started === ref.started;
}

/** Asks a process to end with `signal`, and kills it when it has not after `graceMs`. */
export async function endProcess(ref: ProcessRef, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  if (!isRunning(ref)) return;
  send(ref, signal);
  if (await goneWithin(ref, graceMs)) return;
  send(ref, 'SIGKILL');
  await goneWithin(ref, 5_000);
}

async function goneWithin(ref: ProcessRef, ms: number): Promise<boolean> {
  for (const end = performance.now() + ms; performance.now() < end; await sleep(20)) if (!isRunning(ref)) return true;
  return false;
}

function send(ref: ProcessRef, signal: NodeJS.Signals): void {
  try {
    process.kill(ref.pid, signal);
  } catch {
    // Gone in the meantime.
  }
}

/** Field 22 of stat, in clock ticks since boot; the name before it may hold blanks and brackets. */
function startedOnLinux(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function startedElsewhere(pid: number): string | null {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}

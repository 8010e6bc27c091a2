import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
const ROOT = join(__dirname, '../..');

export interface Ran {
  code: number;
  /** What a terminal would show. */
  printed: string;
}

/** One terminal of a reader: in a copy of the project, keeping what the blocks before have set. */
export interface Terminal {
  run(block: string): Promise<Ran>;
  save(name: string, text: string): void;
  close(): void;
}

/** Gives the project's files, with `home` in the place of `.nurture`. */
export function openTerminal(home: string): Terminal {
  const dir = mkdtempSync(join(tmpdir(), 'nurture-reader-'));
  const project = join(dir, 'nurture');
  const state = join(dir, 'state.sh');
  mkdirSync(project);
  const names = readdirSync(ROOT).filter((name) => name !== '.nurture' && name !== '.git');
  for (const name of names) symlinkSync(join(ROOT, name), join(project, name));
  symlinkSync(home, join(project, '.nurture'));
  writeFileSync(state, '');
  return {
    // `set -a`: variables of one block are there in the next, as they would be in a terminal.
    run: (block) => bash(`set -a; . '${state}'; ${block}\n{ export -p; declare -f; } > '${state}'`, project),
    save: (name, text) => writeFileSync(join(project, name), text),
    close: () => rmSync(dir, { recursive: true, force: true }),
  };
}

function bash(script: string, cwd: string): Promise<Ran> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME };
  return new Promise((resolve) => {
    execFile('bash', ['-c', script], { cwd, env, timeout: 60_000 }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error ? 1 : 0;
      resolve({ code, printed: stdout + stderr });
    });
  });
}

import { build } from 'esbuild';
import { join } from 'node:path';

/** Browsers of the last five years. */
const TARGET = 'es2020';

let built: Promise<string> | undefined;

/** The website's script as one function of its rules: call it with them. Made once per process, in some 30 ms. */
export function websiteScript(): Promise<string> {
  built ??= bundle();
  built.catch(() => (built = undefined)); // what went wrong once is tried again
  return built;
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, 'script/main.ts')],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: TARGET,
    charset: 'utf8',
    legalComments: 'none',
    tsconfigRaw: '{}',
  });
  const [file] = outputFiles;
  if (!file) throw new Error('esbuild wrote nothing');
  return `(function(nurtureRules){${file.text.trim()}})`;
}

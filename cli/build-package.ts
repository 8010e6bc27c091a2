import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const root = join(__dirname, '..');
const target = join(root, 'build/cli');

/**
 * Makes the package that another repository installs: the command, the test helper and jest's matchers, each in one file
 * with everything that it needs, and the standard score model, so that it brings no Temporal, no Prisma and nothing to download.
 */
export async function buildPackage(): Promise<string> {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const common = { bundle: true, platform: 'node', target: 'node20', format: 'cjs', legalComments: 'linked' } as const;
  await build({
    ...common,
    entryPoints: [join(root, 'cli/testing.ts'), join(root, 'cli/jest.ts')],
    outdir: target,
  });
  const command = join(target, 'nurture.js');
  await build({
    ...common,
    entryPoints: [join(root, 'cli/main.ts')],
    outfile: command,
    banner: { js: '#!/usr/bin/env node' },
  });
  chmodSync(command, 0o755);
  cpSync(join(root, 'workflows/scoring-model/catalog/standard.yaml'), join(target, 'standard-score-model.yaml'));
  writeTypes();
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`);
  writeFileSync(join(target, 'README.md'), readFileSync(join(root, 'cli/README.md')));
  return target;
}

function writeTypes(): void {
  const tsc = createRequire(__filename).resolve('typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', join(root, 'cli')], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the types cannot be made:\n${stdout}`);
}

function manifest() {
  const { version, license, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  const exported = (name: string) => ({ types: `./types/cli/${name}.d.ts`, default: `./${name}.js` });
  return {
    ...{ name: 'nurture-cli', version, license, engines },
    description: 'Journeys of Nurture as files: check, try, plan and publish them',
    bin: { nurture: 'nurture.js' },
    exports: { './testing': exported('testing'), './jest': exported('jest'), './package.json': './package.json' },
  };
}

if (require.main === module) {
  void buildPackage().then((folder) => process.stdout.write(`${folder}\n`));
}

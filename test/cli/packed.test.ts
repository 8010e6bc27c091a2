import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { buildPackage } from '../../cli/build-package';
import { filesOf } from '../docs/page';

const catalog = join(__dirname, '../../workflows/journeys/catalog');
const { resolve } = createRequire(__filename);

let repository = '';

/** Another repository, with the packed tarball as all that it knows of this one. */
beforeAll(async () => {
  repository = mkdtempSync(join(tmpdir(), 'nurture-elsewhere-'));
  const built = await buildPackage();
  run('npm', ['pack', '--silent', '--pack-destination', repository], built);
  const [tarball = ''] = readdirSync(repository).filter((file) => file.endsWith('.tgz'));
  writeFileSync(join(repository, 'package.json'), JSON.stringify({ name: 'elsewhere', private: true }));
  run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', `./${tarball}`]);
  mkdirSync(join(repository, 'journeys/templates'), { recursive: true });
  const files = [
    'ebook-follow-up.yaml',
    ...['guide-delivery', 'guide-case-study', 'guide-video', 'product-benefits'].map((key) => `templates/${key}.yaml`),
  ];
  for (const file of files) cpSync(join(catalog, file), join(repository, 'journeys', file));
}, 180_000);

afterAll(() => rmSync(repository, { recursive: true, force: true }));

function run(command: string, args: readonly string[], cwd = repository): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${String(status)}:\n${stdout}${stderr}`);
  return stdout;
}

const nurture = (...args: string[]) => run(join(repository, 'node_modules/.bin/nurture'), args);

test('the command runs without this project', () => {
  expect(nurture('validate')).toBe('1 journey and 4 templates are sound.\n');
  expect(nurture('simulate', 'ebook-follow-up')).toContain('“The whole guide in three minutes”');
  expect(nurture('simulate', 'ebook-follow-up', '--paths')).toContain('2 paths.');
});

test('a bad document fails the build', () => {
  writeFileSync(join(repository, 'journeys/bad.yaml'), 'journey: bad\nsteps:\n  - { id: a, kind: emial }\n');
  expect(() => nurture('validate')).toThrow(
    /ended with 1:\n[^]*journeys\/bad\.yaml:3 {2}there is no step of kind `emial` \(did you mean `email`\?\)/,
  );
  rmSync(join(repository, 'journeys/bad.yaml'));
});

test('the page on testing holds in its own jest', () => {
  const [example] = filesOf('docs/testing-journeys.md');
  if (!example) throw new Error('the page has no example');
  const { code } = transformSync(example.text, { loader: 'ts', format: 'cjs' });
  writeFileSync(join(repository, 'welcome.test.js'), code);
  run(process.execPath, [resolve('jest/bin/jest'), '--rootDir', repository, '--testMatch', '**/*.test.js']);
});

test('its types are known to a compiler', () => {
  const [example] = filesOf('docs/testing-journeys.md');
  writeFileSync(join(repository, 'typed.ts'), example?.text ?? '');
  const types = join(resolve('@types/jest/package.json'), '../..');
  const flags = [
    '--noEmit',
    '--strict',
    '--module',
    'node16',
    '--target',
    'es2022',
    '--typeRoots',
    types,
    '--types',
    'jest,node',
  ];
  run(process.execPath, [resolve('typescript/bin/tsc'), ...flags, 'typed.ts']);
});

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { elsewhere } from './elsewhere';
import { blocksOf, ROOT, stepsOf, walks } from './page';

const docs = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
const pages = ['README.md', ...docs.map((name) => `docs/${name}`)];
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** What the pages say outside of their blocks. */
function proseOf(page: string): string {
  return read(page).replace(/^```.*?^```$/gms, '');
}

/** As GitHub makes them of headings. */
function anchorsOf(page: string): string[] {
  const headings = [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

const links = pages.flatMap((page) =>
  [...proseOf(page).matchAll(/\]\(([^)]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !target.includes('://'))
    .map((target) => [page, target] as const),
);

test.each(links)('%s: %s is there', (page, target) => {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  expect(existsSync(join(ROOT, file))).toBe(true);
  if (anchor !== undefined) expect(anchorsOf(file)).toContain(anchor);
});

test.each(pages)('every block of %s is of a known kind', (page) => {
  const known = ['sh', 'console', 'yaml', 'json', 'js', 'ts', ''];
  expect(blocksOf(page).filter(({ language }) => !known.includes(language))).toEqual([]);
  for (const { language, text } of blocksOf(page)) if (language === 'json') JSON.parse(text);
});

test('no page shows a command that nobody executes', () => {
  const others = pages.filter((page) => !walks.includes(page));
  const commands = others.flatMap((page) => stepsOf(page)).map(({ command }) => command.text);
  expect(commands.filter((text) => !elsewhere.has(text))).toEqual([]);
});

test('what is executed elsewhere is shown', () => {
  const shown = pages.flatMap((page) => stepsOf(page)).map(({ command }) => command.text);
  expect(shown).toEqual(expect.arrayContaining([...elsewhere.keys()]));
});

test('the README leads to every page', () => {
  for (const name of docs) expect(read('README.md')).toContain(`(docs/${name})`);
});

/** The variables that config.ts reads: the keys of its schema. */
function variables(): string[] {
  const [, schema = ''] = /const schema = z\.object\(\{(.*?)^\}\);/ms.exec(read('config.ts')) ?? [];
  return [...schema.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name = '']) => name);
}

test('operating.md lists the variables of config.ts', () => {
  const listed = [...read('docs/operating.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);
  expect(listed).toEqual(expect.arrayContaining(variables()));
  expect(listed).toHaveLength(variables().length);
});

/** Of another Temporal than the one that stands beside, and of `npm start`. */
const notInContainers = /^(TEMPORAL_(API_KEY|TLS|UI_PORT|CLI_PATH)|NURTURE_(HOME|DEMO|DEVELOPMENT))$/;

test('containers are given every variable that is read', () => {
  const [, environment = ''] = /x-nurture:.*?environment:\n(.*?)\n\n/s.exec(read('docker-compose.yml')) ?? [];
  const set = [...environment.matchAll(/^ {4}([A-Z_]+):/gm)].map(([, name]) => name);
  expect(set.length).toBeGreaterThan(5);
  expect(set.sort()).toEqual(
    variables()
      .filter((name) => !notInContainers.test(name))
      .sort(),
  );
});

test('the README lists every folder', () => {
  const ignored = read('.gitignore').split('\n');
  const entries = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const folders = entries
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('.') && !ignored.includes(`${name}/`));
  const listed = [...read('README.md').matchAll(/^\| \[(\w+)\/\]/gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual(folders.sort());
});

test('npm scripts that pages name exist', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = pages.flatMap((page) => [...read(page).matchAll(/npm run (?:--silent )?([\w:]+)/g)]);
  expect(named.map(([, name = '']) => name).filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});

test('the protocol numbers its rules', () => {
  const page = read('docs/protocol.md');
  const rules = [...page.matchAll(/^\*\*(\d+)\./gm)].map(([, number]) => Number(number));
  expect(rules).toEqual(Array.from({ length: 31 }, (_, index) => index + 1));
  const invariants = [...page.matchAll(/^- \*\*(I\d+)\*\*/gm)].map(([, name]) => name);
  expect(invariants).toEqual(Array.from({ length: 11 }, (_, index) => `I${index + 1}`));
});

test('pictures are small', () => {
  const folder = join(ROOT, 'docs/images');
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).size).toBeLessThan(150_000);
});

import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importPage } from '../../activities/jobs/import';
import type { PageOf } from '../../activities/jobs/page';
import { runCommand } from '../../cli/program';
import { defaultSettings } from '../../prisma/stores/settings';
import { testApi, type TestApi } from '../api/harness';
import { runPages } from '../support/job-runs';
import { pumped } from '../support/pump';

let api: TestApi;
let server: Server;
let flags: string[] = [];
const folder = mkdtempSync(join(tmpdir(), 'nurture-files-'));

beforeAll(async () => {
  api = await testApi();
  api.control.onCall = async (call) => {
    const id = /^start import (.+)$/.exec(call)?.[1];
    if (id !== undefined) void takeIn(id);
  };
  server = api.app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  flags = ['--url', `http://127.0.0.1:${(server.address() as AddressInfo).port}`, '--key', api.serverKey];
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await api.drop();
});

/** As worker and pump would. */
async function takeIn(job: string): Promise<void> {
  let over = false;
  const page: PageOf = (deps, now) => importPage({ ...deps, settings: () => Promise.resolve(defaultSettings) }, now);
  const pages = runPages(api.db, page, { job }).finally(() => (over = true));
  while (!over) await pumped(api.db);
  await pages;
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function nurture(...args: string[]) {
  const said = { printed: '', told: '' };
  const out = {
    print: (text: string) => void (said.printed += `${text}\n`),
    tell: (text: string) => void (said.told += `${text}\n`),
  };
  return { code: await runCommand(['import', ...args, ...flags], { out }), ...said };
}

const people = 'email;Plan;consent.topic;consent.source;consent.at\n';

test('a dry run shows columns, rows and what is refused', async () => {
  const path = file('try.csv', `${people}ann@example.test;pro;education;Fair;2026-03-01\nbo@example.test;;;;\n`);
  const { code, printed, told } = await nurture(path, '--dry-run', '--map', 'Plan=traits.plan');
  expect(code).toBe(1);
  expect(printed).toMatch(/Plan +traits\.plan\n/);
  expect(printed).toContain('  line 2: ann@example.test, plan: pro, ');
  expect(printed).toContain('1 would be created, 0 would be updated, 1 would be refused.');
  expect(told).toContain('done, 2 of 2 rows');
  expect(await api.db.contact.count()).toBe(0);
  expect(readFileSync(join(folder, 'try.errors.csv'), 'utf8')).toBe(
    `${people.trim()};nurture.line;nurture.reason\nbo@example.test;;;;;3;It has no consent.\n`,
  );
});

test('people are brought in, and told of', async () => {
  const path = file('good.ndjson', '{"email":"cy@example.test","firstName":"Cy"}\n');
  const flagsOf = ['--source', 'Fair 2026', '--no-journeys', '--consent', 'topic=*', '--consent', 'source=a=b'];
  const { code, printed } = await nurture(path, ...flagsOf, '--consent', 'at=2026-03-01');
  expect([code, printed]).toEqual([0, '1 created, 0 updated, 0 refused.\n']);
  const event = await api.db.event.findFirstOrThrow({ where: { origin: 'import' } });
  expect(event.context).toMatchObject({ import: { source: 'Fair 2026', journeys: false, marketing: true } });
  expect(event.traits).toMatchObject({ firstName: 'Cy', consent: { topic: '*', source: 'a=b' } });
});

test('those who opted out stay out', async () => {
  const path = file('out.csv', 'email\ndi@example.test\n');
  const { code, printed } = await nurture(path, '--consent', 'state=withdrawn', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(printed)).toMatchObject({ state: 'done', progress: { optedOut: 1 }, errors: null });
  const { id } = await api.db.contact.findFirstOrThrow({ where: { email: 'di@example.test' } });
  expect(await api.db.suppression.count({ where: { addressHash: `person:${id}` } })).toBe(1);
});

test('a file of some size tells how much is sent', async () => {
  const rows = Array.from({ length: 10_000 }, (_, i) => `p${i}@example.test\n`).join('');
  const { code, told } = await nurture(file('many.csv', `email\n${rows}`), '--dry-run', '--no-marketing');
  expect(code).toBe(0);
  expect(told).toMatch(/sent 0\.1 of 0\.2 MB\n[^]* sent 0\.2 of 0\.2 MB\n/);
  expect(told).toContain('done, 10000 of 10000 rows');
});

test.each([
  ['no file', () => join(folder, 'none.csv'), 2, /There is no file/],
  ['no kind', () => file('people.xlsx', 'PK'), 2, /of no kind that is read/],
  ['nobody to be found', () => file('nobody.csv', 'firstName\nAnn\n'), 3, /nobody could be found/],
])('%s is said in a sentence', async (_, path, code, said) => {
  const refused = await nurture(path(), '--no-marketing');
  expect([refused.code, refused.told]).toEqual([code, expect.stringMatching(said)]);
});

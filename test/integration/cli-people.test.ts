import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { createApp } from '../../api/app';
import { createJourneyControl, type TemporalControl } from '../../api/temporal';
import { runCommand } from '../../cli/program';
import { createApiKey } from '../../prisma/stores/api-keys';
import { testConfig } from '../api/harness';
import { crowd, enrollments, untilAll } from '../support/crowd';
import { testTemporal } from '../support/temporal';
import { startWorld, type World } from '../support/world';

jest.setTimeout(120_000);

const catalog = join(__dirname, '../../workflows/journeys/catalog');
const templates = ['guide-delivery', 'guide-case-study', 'guide-video', 'product-benefits'];

let world: World;
let control: TemporalControl;
let server: Server;
let flags: string[] = [];
const folder = mkdtempSync(join(tmpdir(), 'nurture-people-'));
const file = join(folder, 'ebook-follow-up.yaml');

beforeAll(async () => {
  world = await startWorld({ overrides: { pump: undefined, sweepEveryMs: 1_000 } });
  const { db, namespace } = world;
  control = createJourneyControl({ address: testTemporal().address, namespace, apiKey: null, tls: false });
  const log = pino({ level: 'silent' });
  server = createApp({ db, config: testConfig, control, log, now: () => new Date() }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { key } = await createApiKey(db, { name: 'ci', scopes: ['read', 'author'] });
  flags = ['--url', `http://127.0.0.1:${(server.address() as AddressInfo).port}`, '--key', key];
  mkdirSync(join(folder, 'templates'));
  for (const name of ['ebook-follow-up.yaml', ...templates.map((template) => `templates/${template}.yaml`)])
    cpSync(join(catalog, name), join(folder, name));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await new Promise((resolve) => server.close(resolve));
  await control.close();
  await world.stop();
});

async function nurture(...args: string[]) {
  const said = { printed: '', told: '' };
  const out = {
    print: (text: string) => void (said.printed += `${text}\n`),
    tell: (text: string) => void (said.told += `${text}\n`),
  };
  const code = await runCommand([...args, ...flags], { out });
  return { code, ...said };
}

const change = (from: string, to: string) => writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
const versions = () =>
  world.db.$queryRaw<{ number: number; people: number }[]>`
    select v.number, count(*)::int as people from enrollment e join journey_version v on v.id = e.version_id
    group by 1 order by 1`;

test('people are moved as the plan showed', async () => {
  expect((await nurture('apply', folder, '--yes')).code).toBe(0);
  const emails = await crowd(world.db, 'beginners-guide', { count: 5 });
  await untilAll(world.db, emails, { what: 'everybody to wait', is: ({ stepId }) => stepId === 'two-days' });

  change('for: 2 days', 'for: 3 days');
  const planned = await nurture('plan', folder);
  expect(planned.printed).toContain('ebook-follow-up: 5 people in version 1');
  expect(planned.printed).toMatch(/two-days +5 +go on as they are +5 wait on, 1 day later +two-days/);

  const stayed = await nurture('apply', folder, '--yes');
  expect([stayed.code, await versions()]).toEqual([0, [{ number: 1, people: 5 }]]);

  change('for: 3 days', 'for: 4 days');
  const moved = await nurture('apply', folder, '--people', 'move', '--yes');
  expect([moved.code, moved.printed]).toEqual([0, expect.stringContaining('version 3 published')]);
  expect(moved.told).toMatch(/people move\n[^]*done/);
  expect(await versions()).toEqual([{ number: 3, people: 5 }]);
});

test('who has nowhere to go is named', async () => {
  change('id: two-days', 'id: pause');
  const planned = await nurture('plan', folder);
  expect(planned.printed).toContain('5 people at steps that are gone: map them by --map old=new');
  const refused = await nurture('apply', folder, '--people', 'move', '--yes');
  expect([refused.code, refused.told]).toEqual([3, expect.stringContaining('5 people are at steps that are gone')]);
  const mapped = await nurture('apply', folder, '--people', 'move', '--map', 'two-days=pause', '--yes');
  expect(mapped.code).toBe(0);
  const rows = await enrollments(
    world.db,
    Array.from({ length: 5 }, (_, i) => `beginners-guide-${i}@example.test`),
  );
  expect(rows.map(({ stepId }) => stepId)).toEqual(Array(5).fill('pause'));
});

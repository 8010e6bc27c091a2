import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../cli/program';
import { serverAt } from '../../cli/server/client';
import { publishScoreModel, storeScoreModel } from '../../cli/server/publish';
import { testApi, type TestApi } from '../api/harness';

const catalog = join(__dirname, '../../workflows/journeys/catalog');
const templates = ['guide-delivery', 'guide-case-study', 'guide-video', 'product-benefits'];

let api: TestApi;
let server: Server;
let url = '';
let folder = '';

beforeAll(async () => {
  api = await testApi();
  server = api.app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await api.drop();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nurture-folder-'));
  mkdirSync(join(folder, 'templates'));
  for (const file of ['ebook-follow-up.yaml', ...templates.map((key) => `templates/${key}.yaml`)])
    cpSync(join(catalog, file), join(folder, file));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = () => join(folder, 'ebook-follow-up.yaml');
const change = (from: string, to: string) => writeFileSync(file(), readFileSync(file(), 'utf8').replace(from, to));

/** What a command said, and how it ended. */
async function nurture(args: string[], answers: string[] = []) {
  const said = { printed: '', told: '' };
  const out = {
    print: (text: string) => void (said.printed += `${text}\n`),
    tell: (text: string) => void (said.told += `${text}\n`),
  };
  const ask = () => Promise.resolve(answers.shift() ?? 'no');
  const code = await runCommand([...args, '--url', url, '--key', api.serverKey], { out, ask });
  return { code, ...said };
}

test('what is new is published, once', async () => {
  const planned = await nurture(['plan', folder]);
  expect(planned.printed).toContain('+ journey ebook-follow-up: new');
  const first = await nurture(['apply', folder, '--yes']);
  expect([first.code, first.printed]).toEqual([
    0,
    expect.stringContaining('journey ebook-follow-up: version 1 published'),
  ]);
  const again = await nurture(['apply', folder, '--yes']);
  expect(again.printed).toBe('0 changes, 5 the same.\n✓ journey ebook-follow-up: version 1 already\n');
});

test('without a yes nothing is done', async () => {
  change('for: 2 days', 'for: 3 days');
  const refused = await nurture(['apply', folder], ['no']);
  expect([refused.code, refused.told]).toEqual([1, 'Nothing was done.\n']);
  expect((await nurture(['diff', folder])).code).toBe(1);
});

test('a difference is shown line by line', async () => {
  change('for: 2 days', 'for: 3 days');
  const { code, printed } = await nurture(['diff', folder]);
  expect(code).toBe(1);
  expect(printed).toMatch(/-.*for: 2 days[^]*\+.*for: 3 days[^]*1 file differs from/);
});

test('what is pulled is what was pushed', async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'nurture-pulled-'));
  try {
    expect((await nurture(['pull', elsewhere])).code).toBe(0);
    expect(readFileSync(join(elsewhere, 'ebook-follow-up.yaml'), 'utf8')).toBe(readFileSync(file(), 'utf8'));
    expect(await nurture(['diff', elsewhere])).toMatchObject({ code: 0, printed: 'Nothing differs.\n' });
    writeFileSync(join(elsewhere, 'ebook-follow-up.yaml'), 'mine');
    expect(await nurture(['pull', elsewhere])).toMatchObject({
      code: 1,
      printed: expect.stringContaining('it differs') as string,
    });
    expect(readFileSync(join(elsewhere, 'ebook-follow-up.yaml'), 'utf8')).toBe('mine');
    expect((await nurture(['pull', elsewhere, '--force'])).code).toBe(0);
    expect((await nurture(['diff', elsewhere])).code).toBe(0);
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
});

test('a bad file stops before anything is done', async () => {
  change('kind: exit', 'kind: exti');
  const { code, told } = await nurture(['apply', folder, '--yes']);
  expect(code).toBe(1);
  expect(told).toMatch(
    /ebook-follow-up\.yaml:\d+ {2}there is no step of kind `exti` \(did you mean `exit`\?\)\nNothing was done\./,
  );
});

test('a changed template brings a new version', async () => {
  const template = join(folder, 'templates/guide-video.yaml');
  writeFileSync(template, readFileSync(template, 'utf8').replace('three minutes', 'four minutes'));
  const { code, printed } = await nurture(['apply', folder], ['yes']);
  expect([code, printed]).toEqual([
    0,
    expect.stringMatching(/template guide-video: published\n.*ebook-follow-up: version 2 published/),
  ]);
});

test('a score model goes the same way', async () => {
  const model = join(folder, 'score-model.yaml');
  const standard = readFileSync(join(catalog, '../../scoring-model/catalog/standard.yaml'), 'utf8');
  writeFileSync(model, standard);
  expect((await nurture(['plan', folder])).printed).toContain('+ score model: new');
  const first = await nurture(['apply', folder, '--yes']);
  expect(first.printed).toContain('score model: draft stored');
  expect(first.printed).toContain('score model: version 1 published');
  expect((await nurture(['apply', folder, '--yes'])).printed).toContain('score model: version 1 already');
  expect((await nurture(['diff', folder])).code).toBe(0);

  writeFileSync(model, standard.replace('points: 25', 'points: 50'));
  const { code, printed } = await nurture(['diff', folder]);
  expect([code, printed]).toEqual([1, expect.stringMatching(/server: score model[^]*-.*points: 25[^]*\+.*points: 50/)]);
  await api.db.contact.create({ data: { id: '01930000-0000-7000-8000-000000000001' } });
  const { printed: told } = await nurture(['apply', folder, '--yes']);
  expect(told).toMatch(/score model: version 2 published, scores are counted anew \(job [0-9a-f-]{36}\)/);
  writeFileSync(model, standard);
  await nurture(['pull', folder, '--force']);
  expect(readFileSync(model, 'utf8')).toBe(standard.replace('points: 25', 'points: 50'));
});

test('a bad score model stops before anything is done', async () => {
  writeFileSync(
    join(folder, 'score-model.yaml'),
    'model: x\nexplain: X.\nfit: [{ id: a, when: { did: y }, points: 1 }]\n',
  );
  const { code, told } = await nurture(['apply', folder, '--yes']);
  expect([code, told]).toEqual([1, expect.stringMatching(/score-model\.yaml:3 {2}`did` is not about fields/)]);
});

test('a draft changed elsewhere is not written over', async () => {
  change('for: 2 days', 'for: 3 days');
  const meanwhile = readFileSync(file(), 'utf8').replace('for: 3 days', 'for: 4 days');
  const out = { print: () => undefined, tell: () => undefined };
  const ask = async () => {
    await api.put('/v1/journeys/ebook-follow-up', { document: meanwhile });
    return 'yes';
  };
  const code = await runCommand(['apply', folder, '--url', url, '--key', api.serverKey], { out, ask });
  expect(code).toBe(3);
  const { body } = await api.get('/v1/journeys/ebook-follow-up');
  expect((body as { document: string }).document).toBe(meanwhile);
});

test('what the server says is passed on', async () => {
  const said: string[] = [];
  const out = { print: () => undefined, tell: (text: string) => void said.push(text) };
  expect(await runCommand(['diff', folder, '--url', url, '--key', 'nobody'], { out })).toBe(3);
  expect(await runCommand(['diff', folder, '--url', 'http://127.0.0.1:1', '--key', 'x'], { out })).toBe(3);
  expect(await runCommand(['diff', folder, '--url', 'nowhere', '--key', 'x'], { out })).toBe(2);
  expect(said.map((text) => text.split('\n')[0])).toEqual([
    'The server does not know this key.',
    'http://127.0.0.1:1 does not answer.',
    'nowhere is no address.',
  ]);
});

test('what another author stores meanwhile is not published', async () => {
  const own = serverAt({ url, key: api.serverKey });
  const standard = readFileSync(join(catalog, '../../scoring-model/catalog/standard.yaml'), 'utf8');
  const draft = {
    kind: 'score-model',
    key: 'score-model',
    file: '',
    state: 'changed',
    there: '',
    published: true,
  } as const;
  const { etag: before } = await own.call('GET', '/v1/score-model');
  const etag = await storeScoreModel(own, { ...draft, here: standard, etag: before });
  await api.put('/v1/score-model', { document: standard.replace('points: 25', 'points: 75') }).expect(200);
  await expect(publishScoreModel(own, etag)).rejects.toThrow('The ETag in If-Match is not the present one.');
});

import pino from 'pino';
import { startApi, type RunningApi } from '../../api/server';
import { readConfig } from '../../config';
import { createApiKey } from '../../prisma/stores/api-keys';
import { startArena, type Arena } from '../support/chaos';
import { poll } from '../support/poll';

const ROWS = 3_000;

jest.setTimeout(6 * 60_000);

let arena: Arena;
let api: RunningApi;
let key: string;

beforeAll(async () => {
  arena = await startArena({ slowMs: 0, graceMs: 2_000 });
  const { databaseUrl, temporalAddress } = arena;
  const config = readConfig({ DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: temporalAddress, PORT: '0' });
  api = await startApi({ config: { ...config, port: 0 }, log: pino({ level: 'silent' }) });
  ({ key } = await createApiKey(arena.db, { name: 'chaos', scopes: ['operate', 'author', 'read'] }));
});
afterAll(async () => {
  await api.stop();
  await arena.stop();
});

const modelOf = (points: number) => ({
  ...{ model: 'chaos', explain: 'Vice presidents count.' },
  fit: [{ id: 'vp', when: { field: 'seniority', is: 'vp' }, points }],
  engagement: [{ id: 'page', on: 'page.viewed', points: 1 }],
  ready: { tier: 'high', fit: 15, human: '14 days' },
});

async function ask(method: string, path: string, body: string | object, type = 'application/json') {
  const response = await fetch(`${api.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
  return (await response.json()) as { job: { id: string } | null };
}

const publish = async (points: number) => {
  await ask('PUT', '/v1/score-model', { document: modelOf(points) });
  return ask('POST', '/v1/score-model/publish', {});
};

/** Kills the worker each time the job has come so far, and answers what has become of it. */
async function killedAt(jobId: string, places: readonly number[]) {
  const job = () => arena.db.job.findUniqueOrThrow({ where: { id: jobId } });
  const doneOf = async () => Number(((await job()).progress as { done?: number }).done ?? 0);
  for (const place of places) {
    await poll(`${place} to be done`, async () => (await doneOf()) >= place, { timeoutMs: 90_000, everyMs: 5 });
    expect((await job()).state).toBe('running');
    arena.kill('worker');
  }
  return poll('the end of the job', async () => ((await job()).state === 'running' ? null : job()), {
    timeoutMs: 120_000,
    everyMs: 200,
  });
}

test('a file is taken in once, whoever is killed', async () => {
  await publish(15);
  const rows = Array.from({ length: ROWS }, (_, i) => `person-${i}@company-${i % 50}.test,VP Sales\n`);
  const { job } = await ask('POST', '/v1/imports?marketing=false', `email,jobTitle\n${rows.join('')}`, 'text/csv');
  const ended = await killedAt(job?.id ?? '', [1, 1_000, 2_000]);
  expect(ended).toMatchObject({ state: 'done' });
  const none = { updated: 0, refused: 0, conflicts: 0, optedOut: 0 };
  expect(ended.progress).toEqual({ total: ROWS, done: ROWS, created: ROWS, ...none });
  const { db } = arena;
  expect(await db.contact.count()).toBe(ROWS);
  expect(await db.event.count({ where: { origin: 'import' } })).toBe(ROWS);
  expect(await db.company.count()).toBe(50);
  expect(await db.importRow.count()).toBe(0);
});

test('everybody is counted anew once, whoever is killed', async () => {
  const { job } = await publish(40);
  const ended = await killedAt(job?.id ?? '', [1, 1_000]);
  expect(ended).toMatchObject({ state: 'done', progress: { total: ROWS, done: ROWS } });
  const { db } = arena;
  await poll('the queue to be empty', async () => (await db.event.count({ where: { processed: false } })) === 0);
  const states = await db.scoreState.groupBy({ by: ['fit', 'engagement', 'tier'], _count: true });
  expect(states).toEqual([{ fit: 40, engagement: 0, tier: 'medium', _count: ROWS }]);
  const entries = await db.scoreEntry.groupBy({ by: ['kind', 'points'], _count: true });
  expect(entries).toEqual([{ kind: 'fit', points: 40, _count: ROWS }]);
  expect(arena.surrenders()).toBe(0);
});

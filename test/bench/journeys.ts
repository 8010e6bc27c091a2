import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { join } from 'node:path';
import pino from 'pino';
import { startWorker } from '../../activities/run-worker';
import { installRuntime } from '../../activities/runtime';
import type { ProtocolPoint } from '../../activities/send-email';
import { startApi } from '../../api/server';
import { createApiKey } from '../../prisma/stores/api-keys';
import { apiClient, type ApiClient } from '../support/client';
import { journeyOf } from '../support/crowd';
import { publishedJourney } from '../support/journeys';
import { poll } from '../support/poll';
import { inParallel, ms, percentile, settings, type Figure, type Ground } from './ground';

const PEOPLE = 300;
const WOKEN = 150;
/** The dispatcher's own bound; bare workflows are started under the same one. */
const IN_FLIGHT = 25;

type Marks = Map<string, number>;

interface Ours {
  api: ApiClient;
  /** When an enrollment's send last came to a point. */
  marks: Record<'before-claim' | 'begun' | 'settled', Marks>;
  stop(): Promise<void>;
}

/** Event in → first mail, and event accepted → next send, beside workflows that do nothing but the same calls. */
export async function measureJourneys(ground: Ground): Promise<Figure[]> {
  const log = pino({ level: 'silent' });
  installRuntime(log);
  const bare = await startBare(ground);
  const bareRate = await bare.started();
  const rawWake = await bare.woken();
  await bare.stop();
  const ours = await startOurs(ground);
  try {
    const rate = await enrolled(ground, ours);
    return [
      {
        ...{ what: 'enrollments, event in → first mail accepted', target: '≥ 70 %' },
        ...{ ours: `${rate.toFixed(1)}/s`, limit: `${bareRate.toFixed(1)}/s (bare workflows, as many activities)` },
        share: `${Math.round((rate / bareRate) * 100)} %`,
      },
      ...wakeFigures(await woken(ground, ours), rawWake),
    ];
  } finally {
    await ours.stop();
  }
}

function wakeFigures(ours: { started: number[]; begun: number[] }, raw: number[]): Figure[] {
  const row = (what: string, values: number[], { share, target }: { share: number; target: string }): Figure => {
    const [our, limit] = [percentile(values, share), percentile(raw, share)];
    return {
      what,
      target,
      ours: ms(our),
      limit: `${ms(limit)} (raw signal → activity)`,
      share: `${(our / limit).toFixed(1)} ×`,
    };
  };
  return [
    row('event accepted → next send’s activity, p50', ours.started, { share: 0.5, target: '≤ 2 ×' }),
    row('event accepted → next send’s activity, p99', ours.started, { share: 0.99, target: '≤ 3 ×' }),
    row('event accepted → next send begun, p50', ours.begun, { share: 0.5, target: '' }),
    row('event accepted → next send begun, p99', ours.begun, { share: 0.99, target: '' }),
  ];
}

async function startOurs({ db, databaseUrl, temporal }: Ground): Promise<Ours> {
  const marks: Ours['marks'] = { 'before-claim': new Map(), begun: new Map(), settled: new Map() };
  const reached = async (point: ProtocolPoint, { enrollmentId }: { enrollmentId: string }) => {
    if (point === 'before-claim' || point === 'begun' || point === 'settled')
      marks[point].set(enrollmentId, performance.now());
  };
  const log = pino({ level: 'silent' });
  await publishedJourney(db, journeyOf('bench', { rest: '5 days' }));
  const worker = await startWorker({ config: { ...settings, databaseUrl, temporal }, log, overrides: { reached } });
  const api = await startApi({ config: { ...settings, databaseUrl, temporal }, log });
  const { key } = await createApiKey(db, { name: 'bench', scopes: ['ingest', 'read'] });
  return {
    ...{ marks, api: apiClient(api.url, key) },
    stop: async () => {
      await api.stop();
      await worker.stop();
    },
  };
}

async function enrolled({ db }: Ground, { api, marks }: Ours): Promise<number> {
  await db.event.updateMany({ data: { processed: true } }); // of the measurement before
  const began = performance.now();
  await inParallel(PEOPLE / 50, 2, async (i) => {
    const people = Array.from({ length: 50 }, (_, k) => `reader-${i * 50 + k}`);
    await api.post('/v1/batch', { batch: people.flatMap(comes) });
  });
  const all = () => marks.settled.size === PEOPLE;
  await poll('all first mails', all, { timeoutMs: 300_000, everyMs: 10 });
  return PEOPLE / ((Math.max(...marks.settled.values()) - began) / 1000);
}

function comes(userId: string): object[] {
  return [
    { type: 'identify', userId, traits: { email: `${userId}@example.test` } },
    { type: 'track', userId, event: 'form.submitted', properties: { form: 'bench' } },
  ];
}

/** One after the other, so that each is measured alone. */
async function woken({ db }: Ground, { api, marks }: Ours): Promise<{ started: number[]; begun: number[] }> {
  const resting = async () => (await db.waitSubscription.count()) === PEOPLE;
  await poll('everybody to rest', resting, { timeoutMs: 60_000, everyMs: 100 });
  await poll('the pump', async () => (await db.event.count({ where: { processed: false } })) === 0);
  const enrollments = await db.enrollment.findMany({ take: WOKEN, orderBy: { id: 'asc' } });
  const [started, begun]: [number[], number[]] = [[], []];
  for (const { id, contactId } of enrollments) {
    const { value } = await db.contactIdentity.findFirstOrThrow({ where: { contactId, kind: 'user' } });
    const before = marks.settled.get(id);
    await api.post('/v1/track', { userId: value, event: 'page.viewed', properties: {} });
    const accepted = performance.now();
    await poll('the mail', () => marks.settled.get(id) !== before, { everyMs: 1 });
    started.push((marks['before-claim'].get(id) ?? NaN) - accepted);
    begun.push((marks.begun.get(id) ?? NaN) - accepted);
  }
  return { started, begun };
}

/** A worker beside ours with the same options, whose activities only note the time. */
async function startBare({ client, temporal }: Ground) {
  const arrived = new Map<string, (at: number) => void>();
  const arrival = (id: string) => new Promise<number>((resolve) => arrived.set(id, resolve));
  const activities = {
    nothing: async () => undefined,
    reached: async (id: string) => arrived.get(id)?.(performance.now()),
  };
  const workflowsPath = join(__dirname, 'bare.workflow.ts');
  const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  const connection = await NativeConnection.connect({ address: temporal.address });
  const workers = await Promise.all([
    Worker.create({ connection, taskQueue: 'bare', workflowBundle, activities, maxCachedWorkflows: 1_000 }),
    Worker.create({ connection, taskQueue: 'bare-delivery', activities, maxConcurrentActivityTaskExecutions: 50 }),
  ]);
  const runs = workers.map((worker) => worker.run());
  const handles = Array.from({ length: WOKEN }, (_, i) => client.workflow.getHandle(`bare-${i}`));
  return {
    started: async () => {
      const seconds = await inParallel(PEOPLE, IN_FLIGHT, async (i) => {
        const there = arrival(`bare-${i}`);
        await client.workflow.start('bare', { taskQueue: 'bare', workflowId: `bare-${i}`, args: [`bare-${i}`] });
        await there;
      });
      return PEOPLE / seconds;
    },
    woken: async () => {
      const took: number[] = [];
      for (const handle of handles) {
        const there = arrival(handle.workflowId);
        const began = performance.now();
        await handle.signal('go');
        took.push((await there) - began);
      }
      return took;
    },
    stop: async () => {
      for (const worker of workers) worker.shutdown();
      await Promise.allSettled(runs);
      await connection.close();
    },
  };
}

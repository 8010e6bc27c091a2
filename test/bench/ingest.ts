import express from 'express';
import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import pino from 'pino';
import { v7 } from 'uuid';
import { startApi } from '../../api/server';
import { createApiKey } from '../../prisma/stores/api-keys';
import { inParallel, perSecond, settings, type Figure, type Ground } from './ground';

const BATCHES = 150;
const SINGLES = 4_000;
const LANES = 16;

/** Durable ingest by HTTP, beside the same rows without us. The pump is not running. */
export async function measureIngest(ground: Ground): Promise<Figure[]> {
  const { databaseUrl, temporal, db } = ground;
  const api = await startApi({ config: { ...settings, databaseUrl, temporal }, log: pino({ level: 'silent' }) });
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 20 });
  const { key } = await createApiKey(db, { name: 'bench', scopes: ['ingest', 'read'] });
  const post = poster({ authorization: `Bearer ${key}` });
  const bare = await bareServer(pool);
  try {
    await inParallel(300, LANES, () => post(`${api.url}/v1/track`, single())); // warm
    await inParallel(300, LANES, () => post(bare.url, single()));
    const ourBatches = await inParallel(BATCHES, 4, () => post(`${api.url}/v1/batch`, { batch: hundred() }));
    const rawBatches = await inParallel(BATCHES, 4, () => insertRaw(pool, hundred()));
    const ourSingles = await inParallel(SINGLES, LANES, () => post(`${api.url}/v1/track`, single()));
    const bareSingles = await inParallel(SINGLES, LANES, () => post(bare.url, single()));
    return [
      figure('`POST /v1/batch` of 100, events', '`INSERT … unnest`', {
        ...{ count: BATCHES * 100, ours: ourBatches, limit: rawBatches, target: '≥ 50 %' },
      }),
      figure('`POST /v1/track`', 'bare Express + pg', {
        ...{ count: SINGLES, ours: ourSingles, limit: bareSingles, target: '≥ 60 %' },
      }),
    ];
  } finally {
    await bare.stop();
    await pool.end();
    await api.stop();
  }
}

function figure(
  what: string,
  limit: string,
  it: { count: number; ours: number; limit: number; target: string },
): Figure {
  const { count, ours, target } = it;
  return {
    ...{ what, target, ours: perSecond(count, ours), limit: `${perSecond(count, it.limit)} (${limit})` },
    share: `${Math.round((it.limit / ours) * 100)} %`,
  };
}

const single = () => ({
  ...{ type: 'track', event: 'page.viewed', userId: `user-${Math.floor(Math.random() * 1e6)}`, messageId: v7() },
  ...{ properties: { path: '/pricing', title: 'Pricing', referrer: 'https://example.com/' } },
});
const hundred = () => Array.from({ length: 100 }, single);

const INSERT = `
  insert into event (origin, message_id, type, keys, bucket, properties, traits, context, from_browser, occurred_at, hops)
  select 'raw', m, 'page.viewed', array[k], 0, p::jsonb, '{}', '{}', false, now(), 0
  from unnest($1::text[], $2::text[], $3::text[]) as item (m, k, p) on conflict (origin, message_id) do nothing`;

function insertRaw(pool: pg.Pool, rows: ReturnType<typeof single>[]): Promise<unknown> {
  const column = (of: (row: ReturnType<typeof single>) => string) => rows.map(of);
  const properties = column((row) => JSON.stringify(row.properties));
  return pool.query(INSERT, [column((row) => row.messageId), column((row) => `user:${row.userId}`), properties]);
}

/** The least that anybody could do: parse the body, insert the row, answer. */
async function bareServer(pool: pg.Pool): Promise<{ url: string; stop: () => Promise<void> }> {
  const app = express();
  app.use(express.json());
  app.post('/', (incoming, outgoing, next) => {
    insertRaw(pool, [incoming.body as ReturnType<typeof single>]).then(() => outgoing.json({ accepted: 1 }), next);
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, stop };
}

/** Plain HTTP with connections kept: the client must not be what is measured. */
function poster(headers: Record<string, string>): (url: string, body: object) => Promise<void> {
  const agent = new Agent({ keepAlive: true });
  return (url, body) =>
    new Promise((resolve, reject) => {
      const options = { method: 'POST', agent, headers: { ...headers, 'content-type': 'application/json' } };
      const outgoing = request(url, options, (response) => {
        response.resume().once('end', () => {
          if (response.statusCode === 200) resolve();
          else reject(new Error(`${url} answered ${response.statusCode}`));
        });
      });
      outgoing.once('error', reject).end(JSON.stringify(body));
    });
}

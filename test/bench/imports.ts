import { Readable } from 'node:stream';
import pino from 'pino';
import { startWorker } from '../../activities/run-worker';
import { startApi } from '../../api/server';
import { createApiKey } from '../../prisma/stores/api-keys';
import { poll } from '../support/poll';
import { perSecond, settings, type Figure, type Ground } from './ground';

const ROWS = Number(process.env['IMPORT_ROWS'] ?? 20_000);
const log = pino({ level: 'silent' });

/** A file that is never in memory. */
function* file(): Generator<string> {
  yield 'email,firstName,lastName,jobTitle,company,country,phone,consent.topic,consent.source,consent.at,plan\n';
  for (let i = 0; i < ROWS; i += 100) {
    let rows = '';
    for (let k = i; k < Math.min(i + 100, ROWS); k += 1) rows += row(k);
    yield rows;
  }
}

function row(i: number): string {
  const domain = `company-${i % 50_000}.test`;
  return `person-${i}@${domain},First ${i},Last,VP Marketing,"Company, ${i % 50_000}",Germany,+49 30 ${1000000 + (i % 8999999)},education,Fair 2026,2026-03-01,pro\n`;
}

/** A file through upload, job and pump, rows a second from end to end; and what the API's process needs for it. */
export async function measureImports({ db, databaseUrl, temporal }: Ground): Promise<Figure[]> {
  const config = { ...settings, databaseUrl, temporal };
  const worker = await startWorker({ config, log, overrides: { sweepEveryMs: 60_000 } });
  const api = await startApi({ config, log });
  const { key } = await createApiKey(db, { name: 'bench', scopes: ['operate', 'read'] });
  const headers = { Authorization: `Bearer ${key}` };
  try {
    const began = performance.now();
    const mapping = encodeURIComponent('{"plan":"traits.plan"}');
    const answer = await fetch(`${api.url}/v1/imports?mapping=${mapping}`, {
      ...{ method: 'POST', headers: { ...headers, 'Content-Type': 'text/csv' }, duplex: 'half' },
      body: Readable.toWeb(Readable.from(file()).map((text: string) => Buffer.from(text))),
    });
    const { job } = (await answer.json()) as { job: { id: string } };
    const uploaded = performance.now() - began;
    let most = 0;
    const at = await poll(
      'the import',
      async () => {
        most = Math.max(most, process.memoryUsage().rss);
        const { state } = await db.job.findUniqueOrThrow({ where: { id: job.id } });
        if (state === 'failed') throw new Error('the import failed');
        if (state === 'done') return performance.now();
        return null;
      },
      { timeoutMs: 3_600_000, everyMs: 500 },
    );
    const worked = at - began - uploaded;
    return [
      {
        what: `import of ${ROWS} rows: upload`,
        ours: `${perSecond(ROWS, uploaded / 1000)}`,
        limit: '',
        share: '',
        target: '',
      },
      {
        what: `import of ${ROWS} rows: job and pump`,
        ours: `${perSecond(ROWS, worked / 1000)}`,
        limit: `${Math.round(most / 1024 ** 2)} MB at most`,
        share: '',
        target: '',
      },
    ];
  } finally {
    await api.stop();
    await worker.stop();
  }
}

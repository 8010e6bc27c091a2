import { scoreTrialPage } from '../../activities/jobs/score-trial';
import { standardScoreModel } from '../../prisma/catalog';
import type { Db } from '../../prisma/client';
import { createJob } from '../../prisma/stores/jobs';
import { compileModelNow, saveScoreModel } from '../../prisma/stores/score-model';
import { publishScoreModel } from '../../prisma/stores/score-model-versions';
import type { JsonObject } from '../../workflows/domain/json';
import { runPages } from '../support/job-runs';
import { perSecond, type Figure, type Ground } from './ground';

const CONTACTS = 20_000;
const EVENTS = 1_000_000;

/** People with fifty events each over half a year: pages mostly, clicks, opens, a webinar now and then. */
async function fill(db: Db): Promise<void> {
  await db.$executeRaw`
    insert into contact (id, job_title, seniority, industry, created_at)
    select gen_random_uuid(), 'VP Sales', case n % 4 when 0 then 'vp' when 1 then 'student' end, 'saas', now() - interval '200 days'
    from generate_series(1, ${CONTACTS}::int) n`;
  for (let from = 0; from < EVENTS; from += 100_000) {
    await db.$executeRaw`
      insert into event (origin, message_id, type, keys, bucket, properties, occurred_at, received_at, processed, turn, contact_id)
      select 'bench', 'b' || i,
        case when i % 10 < 6 then 'page.viewed' when i % 10 < 8 then 'email.opened' when i % 10 = 8 then 'email.clicked' else 'webinar.attended' end,
        array['contact:' || p.id], 0, jsonb_build_object('path', case i % 3 when 0 then '/pricing' else '/blog/' || i end, 'title', 'Some page of the site'),
        t.at, t.at, true, i, p.id
      from generate_series(${from}::int, ${from + 99_999}::int) i
      join (select id, row_number() over (order by id) - 1 as n from contact) p on p.n = i % ${CONTACTS}::int
      cross join lateral (select now() - (180 - i / ${CONTACTS}::int * 3.5) * interval '1 day' as at) t`;
  }
  await db.$executeRaw`analyze`;
}

/** Events of a trial by two models a second, beside bare reading of the same rows, one after the other. */
export async function measureScoreTrial({ db }: Ground): Promise<Figure[]> {
  await fill(db);
  await saveScoreModel(db, { source: standardScoreModel() });
  await publishScoreModel(db);
  const compiled = await compileModelNow(db, standardScoreModel());
  if (!compiled.ok) throw new Error('the standard model is not sound');
  const versionId = (await db.scoreModel.findFirstOrThrow()).publishedId;
  const input = JSON.parse(JSON.stringify({ versionId, draft: compiled.model, at: Date.now() })) as JsonObject;
  const { id } = await createJob(db, { kind: 'score-trial', input, requestedBy: null });
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  const before = process.memoryUsage().rss;
  const { result } = await runPages(db, scoreTrialPage, { job: id });
  const seconds = (performance.now() - began) / 1000;
  const core = process.cpuUsage(cpu).user / 1e6;
  const grown = Math.round((process.memoryUsage().rss - before) / 1e6);
  const bare = await readBare(db);
  const counted = Number(result?.events ?? 0);
  return [
    {
      what: `what-if: ${counted} events of ${CONTACTS} people by two models (memory +${grown} MB)`,
      ours: `${perSecond(counted, seconds)} (${perSecond(counted, core)} per core of ours)`,
      limit: `${perSecond(EVENTS, bare)} (reading the rows)`,
      share: `${Math.round((bare / seconds) * (counted / EVENTS) * 100)} %`,
      target: '≥ 50,000/s',
    },
  ];
}

async function readBare(db: Db): Promise<number> {
  const began = performance.now();
  for (let from = 0; from < EVENTS; from += 10_000) {
    await db.$queryRaw`
      select seq, type, contact_id, properties, occurred_at from event where seq > ${from}::int order by seq limit 10000`;
  }
  return (performance.now() - began) / 1000;
}

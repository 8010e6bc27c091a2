import { readFileSync } from 'node:fs';
import { v7 } from 'uuid';
import type { Db } from '../../prisma/client';
import { lastSeq } from '../../prisma/stores/enroll-many';
import { acceptEvents } from '../../prisma/stores/events';
import { createJob, findJob } from '../../prisma/stores/jobs';
import type { EnrollManyInput } from '../../workflows/contract/enroll-many';
import { startArena, type Arena } from '../support/chaos';
import { crowd, journeyOf, untilAll } from '../support/crowd';
import { publishedJourney } from '../support/journeys';
import { poll } from '../support/poll';
import { happening } from '../support/pump';
import { ms, percentile, type Figure } from './ground';

const PEOPLE = Number(process.env['BENCH_PEOPLE'] ?? 20_000);
/** Others, woken one after the other: some before, the rest during it. */
const OTHERS = 120;
const BEFORE = 40;

const resting = `
journey: invited
explain: Whoever is asked to come rests a week.
topic: education
entry: []
steps:
  - { id: week, kind: wait, for: 7 days }
  - { id: done, kind: exit, outcome: completed }
`;

/** A segment is enrolled while its worker is killed twice, and others are woken meanwhile. */
export async function measureEnrollMany(): Promise<Figure[]> {
  const arena = await startArena({ slowMs: 0, graceMs: 60_000 });
  try {
    return await measure(arena);
  } finally {
    await arena.stop();
  }
}

async function measure(arena: Arena): Promise<Figure[]> {
  const { db } = arena;
  await arena.workerReady();
  const others = await restingOthers(db);
  const before = await wakeAll(db, others.slice(0, BEFORE));
  const idleMb = memoryOf(arena);
  const job = await askEverybody(db);
  const began = performance.now();
  const killing = killTwice(arena);
  const during: number[] = [];
  let peakMb = 0;
  const coming = others.slice(BEFORE);
  while (!(await isOver(db, job))) {
    const [next] = coming.splice(0, 1);
    if (next === undefined) await new Promise((resolve) => setImmediate(resolve));
    else during.push(...(await wakeAll(db, [next])));
    peakMb = Math.max(peakMb, memoryOf(arena));
  }
  const askedIn = (performance.now() - began) / 1000;
  await killing;
  await poll('everybody to be there', () => allThere(db), { timeoutMs: 1_800_000, everyMs: 500 });
  const startedIn = (performance.now() - began) / 1000;
  await mustBeOnceEach(db);
  return figures({ before, during, askedIn, startedIn, idleMb, peakMb });
}

interface Measured {
  before: number[];
  during: number[];
  askedIn: number;
  startedIn: number;
  idleMb: number;
  peakMb: number;
}

function figures({ before, during, askedIn, startedIn, idleMb, peakMb }: Measured): Figure[] {
  const many = PEOPLE.toLocaleString('en');
  const wake = (name: string, share: number): Figure => {
    const [mine, limit] = [percentile(during, share), percentile(before, share)];
    return {
      ...{ what: `wake-up of others meanwhile, ${name}`, ours: ms(mine), limit: `${ms(limit)} (before it)` },
      ...{ share: `${(mine / limit).toFixed(1)} ×`, target: '' },
    };
  };
  return [
    {
      ...{ what: `${many} of a segment entered, worker killed twice`, ours: `${(PEOPLE / askedIn).toFixed(0)}/s` },
      ...{ limit: '', share: '', target: 'no one twice' },
    },
    {
      ...{ what: `${many} workflows of theirs begun`, ours: `${(PEOPLE / startedIn).toFixed(1)}/s` },
      ...{ limit: '', share: '', target: '' },
    },
    {
      what: 'memory of the worker, at most',
      ours: `${peakMb} MB`,
      limit: `${idleMb} MB (before it)`,
      share: '',
      target: 'flat',
    },
    wake('p50', 0.5),
    wake('p99', 0.99),
  ];
}

async function restingOthers(db: Db): Promise<string[]> {
  await publishedJourney(db, journeyOf('others', { rest: '5 days' }));
  await publishedJourney(db, resting);
  const emails = await crowd(db, 'others', { count: OTHERS });
  await untilAll(db, emails, { what: 'the others to rest', timeoutMs: 120_000, is: ({ stepId }) => stepId === 'rest' });
  return emails;
}

/** From the acceptance of the view that wakes them to the begin of the next mail, by the database's clock. */
async function wakeAll(db: Db, emails: readonly string[]): Promise<number[]> {
  const took: number[] = [];
  for (const email of emails) {
    await acceptEvents(db, [happening('page.viewed', { keys: [`email:${email}`] })]);
    await db.$executeRaw`select pg_notify('nurture_event', '')`;
    const find = async () => {
      const [row] = await db.$queryRaw<{ ms: number }[]>`
        select extract(epoch from s.begun_at - e.received_at)::float8 * 1000 as ms
        from contact c join send s on s.contact_id = c.id and s.step_id = 'second'
        join event e on e.contact_id = c.id and e.type = 'page.viewed'
        where c.email = ${email} and s.begun_at is not null`;
      return row ?? false;
    };
    took.push((await poll('the next mail', find, { timeoutMs: 120_000, everyMs: 20 })).ms);
  }
  return took;
}

async function askEverybody(db: Db): Promise<string> {
  for (let from = 0; from < PEOPLE; from += 5_000) {
    const data = Array.from({ length: Math.min(5_000, PEOPLE - from) }, () => ({ id: v7(), industry: 'invited' }));
    await db.contact.createMany({ data });
  }
  const who = { field: 'industry', is: 'invited' };
  const common = { journey: 'invited', at: Date.now(), entry: {}, entryKey: null, perMinute: null };
  const input: EnrollManyInput = { ...common, by: 'segment', who, afterSeq: await lastSeq(db) };
  return (await createJob(db, { kind: 'enroll-many', input: { ...input, who }, requestedBy: null })).id;
}

async function killTwice(arena: Arena): Promise<void> {
  for (const share of [0.25, 0.6]) {
    const there = async () => (await arena.db.enrollment.count({ where: { journeyKey: 'invited' } })) > PEOPLE * share;
    await poll('a part of them', there, { timeoutMs: 1_800_000, everyMs: 200 });
    arena.kill('worker');
    await arena.workerReady();
  }
}

async function isOver(db: Db, jobId: string): Promise<boolean> {
  return (await findJob(db, jobId))?.state === 'done';
}

async function allThere(db: Db): Promise<boolean> {
  return (await db.stepVisit.count({ where: { stepId: 'week' } })) === PEOPLE;
}

async function mustBeOnceEach(db: Db): Promise<void> {
  const [row] = await db.$queryRaw<{ runs: number; people: number }[]>`
    select count(*)::int as runs, count(distinct contact_id)::int as people from enrollment where journey_key = 'invited'`;
  if (row?.runs !== PEOPLE || row.people !== PEOPLE) throw new Error(`not once each: ${JSON.stringify(row)}`);
}

/** Resident, in MB. */
function memoryOf(arena: Arena): number {
  const pid = arena.workerPid();
  try {
    const status = readFileSync(`/proc/${pid ?? 0}/status`, 'utf8');
    return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
  } catch {
    return 0; // it is being replaced
  }
}

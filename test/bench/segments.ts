import pg from 'pg';
import {
  asSweeper,
  letIn,
  sweepAll,
  sweepEdges,
  type Sweep,
  type Sweepable,
} from '../../activities/pump/sweep-segments';
import { createDb, type Db } from '../../prisma/client';
import { countPeople, findingOf } from '../../prisma/stores/segment-people';
import type { Condition } from '../../workflows/domain/conditions/condition';
import { fillCrowd } from './crowd';
import type { Figure, Ground } from './ground';

const PEOPLE = 1_000_000;
const EVENTS_EACH = 6;

const pricing = { did: 'page.viewed', where: { path: { startsWith: '/pricing' } } };
const counted: Record<string, Condition> = {
  'country, seniority, pricing viewed within 30 days': {
    all: [
      { field: 'country', in: ['DE', 'US', 'FR'] },
      { field: 'seniority', in: ['vp', 'c-level', 'head'] },
      { ...pricing, within: '30 days' },
    ],
  },
  'country, no customer, pricing twice within 30 days': {
    all: [
      { field: 'country', is: 'DE' },
      { not: { segment: 'customers' } },
      { ...pricing, times: 2, within: '30 days' },
    ],
  },
  'industry, 40 points, silent for 90 days': {
    all: [
      { field: 'industry', is: 'software' },
      { score: 'total', atLeast: 40 },
      { not: { did: 'activity', within: '90 days' } },
    ],
  },
};

const watched: Record<string, Condition> = {
  'silent for 30 days': {
    all: [{ did: 'activity', within: '180 days' }, { not: { did: 'activity', within: '30 days' } }],
  },
  'pricing twice in two weeks': { ...pricing, times: 2, within: '14 days' },
};

/** Counts of conditions over a million people, and what it takes to keep watching them. */
export async function measureSegments({ databaseUrl }: Ground): Promise<Figure[]> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  await fillCrowd(client, { people: PEOPLE, eventsEach: EVENTS_EACH });
  await client.end();
  const db = createDb(databaseUrl);
  try {
    return [...(await counts(db)), ...(await sweeps(db))];
  } finally {
    await db.$disconnect();
  }
}

const RUNS = 5;

/** The middle one of some runs, of which the first finds nothing in memory. */
async function counts(db: Db): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [what, condition] of Object.entries(counted)) {
    const seconds: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      seconds.push(
        await secondsOf(async () => countPeople(db, await findingOf(db, condition, { at: new Date() }), 30_000)),
      );
    }
    seconds.sort((a, b) => a - b);
    figures.push(figure(`of 1,000,000: ${what}`, `${(seconds[RUNS >> 1] ?? NaN).toFixed(2)} s`, '≤ 2 s'));
  }
  return figures;
}

async function sweeps(db: Db): Promise<Figure[]> {
  for (const [key, condition] of Object.entries(watched)) {
    await db.$executeRaw`
      insert into segment (key, name, condition) values (${key}, ${key}, ${JSON.stringify(condition)}::jsonb)`;
  }
  const versions = new Map();
  const start = Date.now();
  const each = (minutes: number, work: (sweep: Sweep, watch: Sweepable) => Promise<unknown>) =>
    secondsOf(() =>
      asSweeper({ db, versions, at: new Date(start + minutes * 60_000) }, async (sweep) => {
        for (const watch of sweep.watches) await work(sweep, watch);
      }),
    );
  const times = {
    [`${Object.keys(watched).length} new segments, until everybody is in them`]: await each(0, letIn),
    'what a minute turns in them, of everybody': await each(1, sweepEdges),
    'what an hour turns in them, of everybody': await each(61, sweepEdges),
    'everybody looked at for both': await each(62, sweepAll),
  };
  return Object.entries(times).map(([what, seconds]) => figure(`1,000,000 people: ${what}`, `${seconds.toFixed(1)} s`));
}

function figure(what: string, ours: string, target = ''): Figure {
  return { what, ours, limit: '', share: '', target };
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

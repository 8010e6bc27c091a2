import pino from 'pino';
import { v7 } from 'uuid';
import { sweepSegments } from '../../activities/pump/sweep-segments';
import { Pump } from '../../activities/pump/pump';
import { standardScoreModel } from '../../prisma/catalog';
import type { Db } from '../../prisma/client';
import { acceptEvents, type NewEvent } from '../../prisma/stores/events';
import { saveDraft } from '../../prisma/stores/journeys';
import { saveSegment } from '../../prisma/stores/segments';
import type { JsonObject } from '../../workflows/domain/json';
import { publishedJourney } from '../support/journeys';
import { publishedModel } from '../support/scores';
import { perSecond, type Figure, type Ground } from './ground';

const CONTACTS = 2_000;
const EVENTS = 20_000;
const JOURNEYS = 20;
const SEGMENTS = 30;

const journey = (i: number) => `
journey: bench-${i}
name: Bench ${i}
explain: One of twenty journeys that listen while events are pumped.
topic: education
responsible: nobody
review: 90 days
entry:
  - event: form.submitted
    where: { form: form-${i} }
reentry: never
unless: { any: [{ segment: customers }, { journey: "bench-${(i + 1) % JOURNEYS}", status: active }] }
exits:
  - { event: order.completed, outcome: bought }
steps:
  - { id: week, kind: wait, for: 7 days, on: [{ event: email.clicked, next: done }] }
  - { id: done, kind: exit, outcome: done }
`;

const titles = ['VP Sales', 'Student', 'Marketing Director', 'Engineer'];

/** A third about fields, a third about what was done, a third about scores. */
function segment(i: number): JsonObject {
  const field = { field: 'traits.plan', is: i % 3 };
  if (i % 3 === 0) return { all: [{ field: 'jobTitle', contains: `title ${i}` }, field] };
  if (i % 3 === 1)
    return {
      all: [
        { did: 'page.viewed', times: 1 + (i % 5), within: i % 2 ? '7 days' : '30 days' },
        { not: { segment: 'customers' } },
      ],
    };
  return { any: [{ score: 'total', atLeast: 5 * i }, { all: [{ tier: { in: ['medium', 'high'] } }, field] }] };
}

/** Pages mostly, one in ten about prices; now and then a form, an order, somebody who says who they are. */
function happening(i: number): NewEvent {
  const user = `user:${(i * 7919) % CONTACTS}`;
  const kind = i % 20;
  const base = { origin: 'bench', messageId: v7(), keys: [user], fromBrowser: false, occurredAt: new Date() };
  const empty = { properties: {}, traits: {}, context: {} };
  if (kind === 0) return { ...base, ...empty, type: 'form.submitted', properties: { form: `form-${i % JOURNEYS}` } };
  if (kind === 1)
    return {
      ...base,
      ...empty,
      type: 'identify',
      traits: { jobTitle: `${titles[i % 4] ?? ''} title ${i % 97}`, plan: i % 3 },
    };
  if (kind === 4) return { ...base, ...empty, type: 'asset.downloaded', properties: { asset: 'guide', kind: 'ebook' } };
  if (kind === 5) return { ...base, ...empty, type: 'webinar.attended', properties: { webinar: 'scale' } };
  if (kind === 2) return { ...base, ...empty, type: 'order.completed', properties: { orderId: String(i), value: i } };
  return {
    ...base,
    ...empty,
    type: 'page.viewed',
    properties: { path: i % 10 === 3 ? '/pricing' : `/page/${i % 50}`, title: 'Some page' },
  };
}

async function fill(db: Db, from: number, count: number): Promise<void> {
  for (let i = from; i < from + count; i += 1_000) {
    await acceptEvents(
      db,
      Array.from({ length: 1_000 }, (_, k) => happening(i + k)),
    );
  }
}

async function drain(db: Db): Promise<{ processed: number; seconds: number }> {
  const pump = new Pump({ db, log: pino({ level: 'silent' }) });
  const began = performance.now();
  for (let processed = 0; ;) {
    const round = await pump.once();
    processed += round.processed;
    if (round.processed === 0) return { processed, seconds: (performance.now() - began) / 1000 };
  }
}

/** Events per second of one pump, beside the same rows marked processed by bare SQL in batches of the same size. */
export async function measurePump({ db }: Ground): Promise<Figure[]> {
  // Each names the next one, so that all of them must be there before the first is published.
  for (let i = 0; i < JOURNEYS; i += 1) await saveDraft(db, `bench-${i}`, { source: journey(i) });
  for (let i = 0; i < JOURNEYS; i += 1) await publishedJourney(db, journey(i));
  await publishedModel(db, standardScoreModel());
  for (let i = 0; i < SEGMENTS; i += 1)
    await saveSegment(db, `bench-${i}`, { name: `Bench ${i}`, where: segment(i), expected: null });
  await sweepSegments({ db, versions: new Map() });
  await fill(db, 0, EVENTS);
  const fresh = await drain(db);
  await fill(db, EVENTS, EVENTS);
  const known = await drain(db);
  const began = performance.now();
  for (let i = 0; i < EVENTS / 500; i += 1) {
    await db.$executeRaw`update event set processed = true where seq in (
      select seq from event where origin = 'bench' order by seq limit 500 offset ${i * 500})`;
  }
  const bare = EVENTS / ((performance.now() - began) / 1000);
  const row = (what: string, { processed, seconds }: { processed: number; seconds: number }): Figure => ({
    ...{
      what: `pump, scores, ${SEGMENTS} segments, ${JOURNEYS} journeys, ${what}`,
      ours: perSecond(processed, seconds),
      target: '≥ 3,000/s',
    },
    limit: `${perSecond(bare, 1)} (marking 500 rows at a time)`,
    share: `${Math.round((processed / seconds / bare) * 100)} %`,
  });
  return [row('people seen for the first time', fresh), row('known people', known)];
}

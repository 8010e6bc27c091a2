import { setTimeout as pause } from 'node:timers/promises';
import pino from 'pino';
import { startApi, type RunningApi } from '../../api/server';
import { readConfig } from '../../config';
import { createApiKey } from '../../prisma/stores/api-keys';
import { chaosSettings, randomOf, startArena, type Arena, type Victim } from '../support/chaos';
import { journeyOf } from '../support/crowd';
import { startFakeSendGrid, type FakeSendGrid, type Script } from '../support/fake-sendgrid';
import { publishedJourney } from '../support/journeys';
import { poll } from '../support/poll';

const { full, seed } = chaosSettings();
const PEOPLE = 200;
const PROVIDER_MS = 150;
/** The short form kills each at least as often as promised, over both tests together. */
const KILLS = {
  captured: full ? { worker: 40, postgres: 10, temporal: 10 } : { worker: 12, postgres: 3, temporal: 3 },
  forgetting: full ? { worker: 40, postgres: 10, temporal: 10 } : { worker: 8, postgres: 2, temporal: 2 },
};

jest.setTimeout(full ? 30 * 60_000 : 8 * 60_000);

let arena: Arena;
let api: RunningApi;
let key: string;
let random: () => number;

async function open(env: Record<string, string> = {}, slowMs = PROVIDER_MS): Promise<void> {
  random = randomOf(seed);
  arena = await startArena({ slowMs, graceMs: 2_000, env });
  const { databaseUrl, temporalAddress } = arena;
  const config = readConfig({ DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: temporalAddress, PORT: '0', ...env });
  api = await startApi({ config: { ...config, port: 0 }, log: pino({ level: 'silent' }) });
  ({ key } = await createApiKey(arena.db, { name: 'chaos', scopes: ['ingest', 'read'] }));
  await publishedJourney(arena.db, journeyOf('chaos', { rest: '5 seconds' }));
}

async function close(): Promise<void> {
  await api.stop();
  await arena.stop();
}

/** As a client that was promised nothing until it has its 2xx: the same events again. */
async function post(batch: object[]): Promise<void> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ batch });
  const accepted = () =>
    fetch(`${api.url}/v1/batch`, { method: 'POST', headers, body }).then(
      (response) => response.ok,
      () => false,
    );
  await poll('the API to accept', accepted, { timeoutMs: 60_000, everyMs: 200 });
}

const emailOf = (i: number) => `lead-${i}@example.test`;
const emails = Array.from({ length: PEOPLE }, (_, i) => emailOf(i));
const comes = (i: number) => [
  { type: 'identify', messageId: `who-${i}`, userId: `user-${i}`, traits: { email: emailOf(i) } },
  {
    ...{ type: 'track', event: 'form.submitted', messageId: `form-${i}`, userId: `user-${i}` },
    properties: { form: 'chaos' },
  },
];
const viewed = (i: number) => ({
  ...{ type: 'track', event: 'page.viewed', messageId: `view-${i}`, userId: `user-${i}`, properties: {} },
});

/** People come in tens, half of them look at a page some seconds later, while things are killed. */
async function people(count: number, overMs: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, i) => i);
  const tens = Array.from({ length: count / 10 }, (_, i) => numbers.slice(i * 10, i * 10 + 10));
  for (const [i, ten] of tens.entries()) {
    await post(ten.flatMap(comes));
    const before = tens[i - 2] ?? [];
    if (before.length > 0) await post(before.filter((n) => n % 2 === 0).map(viewed));
    await pause(overMs / tens.length);
  }
}

async function kills(counts: Record<Victim, number>): Promise<void> {
  const list = Object.entries(counts).flatMap(([victim, n]) => Array.from({ length: n }, () => victim as Victim));
  const order = list.map((victim) => ({ victim, at: random() })).sort((a, b) => a.at - b.at);
  for (const { victim } of order) {
    // Now and then while a worker is only coming up, mostly in the middle of a call, otherwise at any moment.
    const aim = random();
    if (aim > 0.15) await arena.workerReady();
    await (aim > 0.4 ? duringACall() : pause(random() * 1_500));
    arena.kill(victim);
  }
}

/** Some mail is with the provider now; or the wait for one was long enough. */
async function duringACall(): Promise<void> {
  const calling = () => arena.db.send.count({ where: { state: 'sending' } }).catch(() => 0);
  await poll('a call', calling, { timeoutMs: 3_000, everyMs: 10 }).catch(() => undefined);
  await pause(random() * PROVIDER_MS);
}

interface Tally {
  finished: number;
  needs_attention: number;
  open: number;
}

async function tally(): Promise<Tally> {
  const rows = await arena.db.$queryRaw<Tally[]>`
    select count(*) filter (where status = 'finished')::int as finished,
      count(*) filter (where status = 'needs_attention')::int as needs_attention,
      count(*) filter (where status not in ('finished', 'needs_attention'))::int as open from enrollment`;
  return rows[0] ?? { finished: 0, needs_attention: 0, open: 0 };
}

/** Every enrollment has ended, or waits for a person; nothing is left to process or to deliver. */
async function settled(meanwhile: () => Promise<unknown> = async () => undefined): Promise<Tally> {
  const done = async () => {
    await meanwhile();
    const now = await tally();
    const { db } = arena;
    const left = (await db.event.count({ where: { processed: false } })) + (await db.dispatch.count());
    return now.finished + now.needs_attention === PEOPLE && left === 0 && now;
  };
  try {
    return await poll('the end of every journey', () => done().catch(() => null), {
      timeoutMs: 180_000,
      everyMs: 1_000,
    });
  } catch (error) {
    const stuck = await arena.db.$queryRaw`
      select e.id, e.status, e.step_id, e.visit, s.state, s.reason, (select count(*)::int from dispatch d where d.enrollment_id = e.id) as owed
      from enrollment e left join send s on s.enrollment_id = e.id and s.visit = e.visit
      where e.status <> 'finished' limit 10`;
    throw new Error(`${String(error)} (CHAOS_SEED=${seed}): ${JSON.stringify([await tally(), stuck])}`, {
      cause: error,
    });
  }
}

/** PROTOCOL I1 and I9, and what must be whatever was killed. */
async function expectTrueLedger(): Promise<void> {
  const { db } = arena;
  const rows = await db.$queryRaw<object[]>`
    select s.id, s.state from send s join enrollment e on e.id = s.enrollment_id
    where e.status = 'finished' and s.state in ('claimed', 'sending', 'retryable', 'deferred')`;
  expect(rows).toEqual([]);
  const unclosed = await db.stepVisit.count({ where: { outcome: null, enrollmentId: { in: await finishedIds() } } });
  expect(unclosed).toBe(0);
  expect(await db.enrollment.count()).toBe(PEOPLE);
  expect(await db.event.count({ where: { error: { not: null } } })).toBe(0);
}

async function finishedIds(): Promise<string[]> {
  const rows = await arena.db.enrollment.findMany({ where: { status: 'finished' }, select: { id: true } });
  return rows.map(({ id }) => id);
}

describe(`kill -9 (CHAOS_SEED=${seed})`, () => {
  let fake: FakeSendGrid | null = null;
  afterEach(async () => {
    await fake?.stop();
    await close();
  });

  test('captured mail is kept exactly once', async () => {
    await open();
    await arena.workerReady();
    await Promise.all([kills(KILLS.captured), people(PEOPLE, full ? 150_000 : 35_000)]);
    expect(await settled()).toEqual({ finished: PEOPLE, needs_attention: 0, open: 0 });
    const mails = await arena.db.outbox.findMany({ select: { to: true, subject: true } });
    const got = mails.map(({ to, subject }) => `${to} ${subject}`).sort();
    expect(got).toEqual(emails.flatMap((email) => [`${email} chaos-one`, `${email} chaos-two`]).sort());
    expect(await arena.db.send.groupBy({ by: ['state'], _count: true })).toEqual([
      { state: 'accepted', _count: PEOPLE * 2 },
    ]);
    // The kills did strike during calls: somebody else had to finish them.
    expect(await arena.db.send.count({ where: { begun: { gt: 1 } } })).toBeGreaterThan(0);
    await expectTrueLedger();
  });

  test('a provider that forgets never gets a mail twice', async () => {
    fake = await startFakeSendGrid();
    fake.delayMs = PROVIDER_MS;
    await open(
      {
        ...{ SENDGRID_API_KEY: fake.apiKey, SENDGRID_BASE_URL: fake.url, MAIL_FROM: 'Nurture <nurture@example.test>' },
        ...{ PUBLIC_URL: 'http://127.0.0.1:3000', POSTAL_ADDRESS: '1 Test Street' },
      },
      0,
    );
    await arena.workerReady();
    misbehave(fake);
    await Promise.all([kills(KILLS.forgetting), people(PEOPLE, full ? 150_000 : 25_000)]);
    const ended = await settled(keyMended);
    await expectTrueLedger();
    await expectHonestLedger(fake, ended);
  });
});

/** The answers that SendGrid has for a bad day, in random order. */
function misbehave(fake: FakeSendGrid): void {
  const soon = () => Math.ceil(Date.now() / 1_000) + 1;
  const bad: (() => Script)[] = [
    () => ({ kind: 'too-many', resetSeconds: soon() }),
    () => ({ kind: 'refuse', status: 400 }),
    () => ({ kind: 'refuse', status: 500 }),
    () => ({ kind: 'accept-then-reset' }),
    () => ({ kind: 'reset' }),
    () => ({ kind: 'hang' }),
  ];
  const pick = (): Script =>
    random() < 0.75 ? { kind: 'accept' } : (bad[Math.floor(random() * bad.length)]?.() ?? { kind: 'accept' });
  fake.script(...Array.from({ length: PEOPLE }, pick), { kind: 'refuse', status: 401 });
}

/** The key was mended, and the five minutes are over: one of those who wait tries, and brings the others. */
async function keyMended(): Promise<void> {
  const { count } = await arena.db.circuit.updateMany({ data: { retryAt: new Date() } });
  if (count === 0) return;
  await arena.db.$executeRaw`
    insert into dispatch (enrollment_id, workflow_id, kind, visit)
    select e.id, e.journey_key || '/' || e.id, 'wake', s.visit from send s join enrollment e on e.id = s.enrollment_id
    where s.state in ('deferred', 'retryable') and s.visit = e.visit and e.status <> 'finished' limit 1`;
}

/** Each send was accepted once, or is unknown and listed, or was refused and waits for a person. */
async function expectHonestLedger(fake: FakeSendGrid, ended: Tally): Promise<void> {
  const taken = fake.counts();
  expect([...taken.values()].filter((times) => times > 1)).toEqual([]);
  const sends = await arena.db.send.findMany();
  const of = (state: string) => sends.filter((send) => send.state === state);
  expect(of('accepted').filter(({ id }) => taken.get(id) !== 1)).toEqual([]);
  expect(of('rejected').filter(({ id }) => taken.has(id))).toEqual([]);
  expect(of('rejected').length).toBe(ended.needs_attention);
  expect(of('accepted').length + of('unknown').length + of('rejected').length).toBe(sends.length);
  expect([...taken.keys()].filter((id) => !sends.some((send) => send.id === id))).toEqual([]);
  const answer = await fetch(`${api.url}/v1/sends?state=unknown&limit=200`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const { data } = (await answer.json()) as { data: { id: string }[] };
  expect(data.map(({ id }) => id).sort()).toEqual(
    of('unknown')
      .map(({ id }) => id)
      .sort(),
  );
  expect(of('accepted').length).toBeGreaterThan(PEOPLE);
}

import { setTimeout as passing } from 'node:timers/promises';
import { v7 } from 'uuid';
import { addressHash } from '../../prisma/address';
import { acceptEvents } from '../../prisma/stores/events';
import { pause, resume, type HoldTarget } from '../../prisma/stores/holds';
import { newToken } from '../../prisma/stores/links';
import { unsubscribe } from '../../prisma/stores/unsubscribe';
import { chaosSettings, randomOf } from '../support/chaos';
import { captured, crowd, enrollments, untilAll, untilQuiet, type Enrolled } from '../support/crowd';
import { publishedJourney } from '../support/journeys';
import { poll } from '../support/poll';
import { happening } from '../support/pump';
import { startWorld, type World } from '../support/world';

/** `HOLDS_PEOPLE` in the random run; CHAOS_SEED repeats one. */
const PEOPLE = Number(process.env['HOLDS_PEOPLE'] ?? 100);
const ROUNDS = 30;

jest.setTimeout(240_000);

const journey = (key: string) => `
journey: ${key}
name: ${key}
explain: Three mails with rests in between, which may be left and sent on.
topic: education
stage: awareness
responsible: tests
review: 90 days
entry: [{ event: form.submitted, where: { form: ${key} } }]
exits: [{ event: order.completed, outcome: bought }, { event: demo.requested, next: extra }]
steps:
  - { id: first, kind: email, template: ${key}-one, send: at-once }
  - { id: rest, kind: wait, for: 2 seconds, on: [{ event: page.viewed, next: second }] }
  - { id: second, kind: email, template: ${key}-two, send: at-once }
  - { id: pause, kind: wait, for: 1 second }
  - { id: third, kind: email, template: ${key}-three, send: at-once, next: done }
  - { id: extra, kind: email, template: ${key}-extra, send: at-once }
  - { id: done, kind: exit, outcome: completed }
`;
const straight = ['first', 'rest', 'second', 'pause', 'third', 'done'];

let world: World;
beforeAll(async () => {
  world = await startWorld({ overrides: { pump: undefined, sweepEveryMs: 1_000 } });
}, 60_000);
afterAll(() => world.stop());

const everything: HoldTarget = { scope: 'system' };
const hold = (target: HoldTarget) => pause(world.db, target, { reason: 'test', by: null });
const release = (target: HoldTarget, spreadSeconds = 0) => resume(world.db, target, { spreadSeconds, by: null });
const ended = { what: 'everybody to end', timeoutMs: 120_000, is: ({ status }: Enrolled) => status === 'finished' };
const held = { what: 'everybody to be held', is: ({ status }: Enrolled) => status === 'held' };

async function happens(type: string, emails: readonly string[]): Promise<void> {
  await acceptEvents(
    world.db,
    emails.map((email) => happening(type, { keys: [`email:${email}`] })),
  );
}

async function optOut(email: string): Promise<void> {
  const contact = await world.db.contact.findFirstOrThrow({ where: { email } });
  const link = { token: newToken(), addressHash: addressHash(email), contactId: contact.id, sendId: v7() };
  await world.db.unsubscribeLink.create({ data: link });
  await unsubscribe(world.db, link.token, { from: 'all', oneClick: true, at: new Date() });
}

function paths(emails: readonly string[]): Promise<{ email: string; steps: string[]; outcomes: string[] }[]> {
  return world.db.$queryRaw`
    select c.email, array_agg(v.step_id order by v.visit) as steps, array_agg(v.outcome order by v.visit) as outcomes
    from step_visit v join enrollment e on e.id = v.enrollment_id join contact c on c.id = e.contact_id
    where c.email = any(${[...emails]}) group by c.email`;
}

/** Visits that were begun though a pause held them, and before their place in its release; a second for what was under way. */
async function begunWhileHeld(): Promise<unknown[]> {
  return world.db.$queryRaw`
    select e.id, v.step_id, h.scope, v.arrived_at, h.created_at, h.lifted_at
    from step_visit v join enrollment e on e.id = v.enrollment_id
    join hold h on h.scope = 'system' or h.enrollment_id = e.id or h.contact_id = e.contact_id
      or (h.journey_key = e.journey_key and (h.scope = 'journey' or h.step_id = v.step_id))
    where v.arrived_at > h.created_at + interval '1 second'
      and v.arrived_at < h.lifted_at + make_interval(secs => h.spread_seconds
        * (('x' || right(e.id::text, 8))::bit(32)::bigint / 4294967296.0)::float8) - interval '2 milliseconds'`;
}

test('a release is spread as asked', async () => {
  await publishedJourney(world.db, journey('spread'));
  await hold(everything);
  const emails = await crowd(world.db, 'spread', { count: 40 });
  await untilAll(world.db, emails, held);
  expect(await release(everything, 6)).toBe(40);
  await untilAll(world.db, emails, ended);
  expect(await begunWhileHeld()).toEqual([]);
  const [row] = await world.db.$queryRaw<{ early: number; late: number }[]>`
    select count(*) filter (where v.arrived_at < h.lifted_at + interval '3 seconds')::int as early,
           count(*) filter (where v.arrived_at > h.lifted_at + interval '3 seconds')::int as late
    from step_visit v cross join hold h where v.visit = 1 and h.scope = 'system'`;
  // Ids are random: of forty, some are let go in each half.
  expect(row?.early).toBeGreaterThan(0);
  expect(row?.late).toBeGreaterThan(0);
});

test('a pause outlives its worker, and lets people leave', async () => {
  await publishedJourney(world.db, journey('restart'));
  const emails = await crowd(world.db, 'restart', { count: 12 });
  await untilAll(world.db, emails, { what: 'everybody to rest', is: ({ stepId }) => stepId !== null });
  const target: HoldTarget = { scope: 'journey', journeyKey: 'restart' };
  await hold(target);
  await untilAll(world.db, emails, held);
  await world.restartWorker();
  const [buyer = '', leaver = '', lead = '', ...others] = emails;
  await happens('order.completed', [buyer]);
  await happens('demo.requested', [lead]);
  await optOut(leaver);
  await untilAll(world.db, [buyer, leaver], ended);
  expect((await enrollments(world.db, [buyer])).map(({ outcome }) => outcome)).toEqual(['bought']);
  expect((await enrollments(world.db, [leaver])).map(({ outcome }) => outcome)).toEqual(['unsubscribed']);
  await untilAll(world.db, [lead, ...others], held);
  await release(target);
  const rest = await untilAll(world.db, [lead, ...others], ended);
  expect(new Set(rest.map(({ outcome }) => outcome))).toEqual(new Set(['completed']));
  expect((await paths([lead])).map(({ steps }) => steps.slice(-2))).toEqual([['extra', 'done']]);
  expect(new Set((await paths(others)).map(({ steps }) => steps.join()))).toEqual(new Set([straight.join()]));
});

test('held at random: nobody skipped, doubled or stranded', async () => {
  const { seed } = chaosSettings();
  process.stderr.write(`  holds: CHAOS_SEED=${seed}\n`);
  const random = randomOf(seed);
  const { db } = world;
  await publishedJourney(db, journey('random'));
  const emails: string[] = [];
  const active: HoldTarget[] = [];
  const buyers: string[] = [];
  const leads: string[] = [];
  const leavers: string[] = [];
  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];
  const untouched = () => emails.filter((one) => ![...buyers, ...leads, ...leavers].includes(one));

  for (let round = 0; round < ROUNDS; round += 1) {
    if (round % 6 === 0) {
      const prefix = `random-${round}`;
      emails.push(...(await crowd(db, 'random', { count: PEOPLE / 5, prefix })));
      await untilQuietlyEntered(emails);
    }
    if (active.length < 3) {
      const target = await anyTarget(random, pick(await enrollments(db, emails)));
      active.push(target);
      await hold(target);
    }
    const [somebody, another, third] = [pick(untouched()), pick(untouched()), pick(untouched())];
    if (round % 3 === 0 && somebody) {
      buyers.push(somebody);
      await happens('order.completed', [somebody]);
    } else if (round % 3 === 1 && another) {
      leads.push(another);
      await happens('demo.requested', [another]);
    } else if (third) {
      leavers.push(third);
      await optOut(third);
    }
    await happens('page.viewed', [pick(emails) ?? '']);
    await passing(random() * 700); // so that pauses begin and end at any moment
    const lifted = random() < 0.6 ? active.splice(Math.floor(random() * active.length), 1) : [];
    for (const target of lifted) await release(target, random() < 0.5 ? 0 : 1 + Math.floor(random() * 3));
  }
  for (const target of active) await release(target);
  await untilAll(db, emails, ended);
  await untilQuiet(db);

  const all = await enrollments(db, emails);
  const outcomes = (of: readonly string[]) =>
    new Set(all.filter(({ email }) => of.includes(email)).map((one) => one.outcome));
  expect(outcomes(untouched())).toEqual(new Set(['completed']));
  expect([...outcomes(leads)]).toEqual(['completed']);
  for (const outcome of outcomes(buyers)) expect(['bought', 'completed']).toContain(outcome);
  for (const outcome of outcomes(leavers)) expect(['unsubscribed', 'completed']).toContain(outcome);

  const walked = await paths(untouched());
  expect(new Set(walked.map(({ steps }) => steps.join()))).toEqual(new Set([straight.join()]));
  expect(walked.flatMap(({ outcomes: own }) => own).filter((one) => one === 'skipped' || one === null)).toEqual([]);
  const { mails, doubles } = await captured(db);
  expect(doubles).toBe(0);
  for (const [, count] of Object.entries(pickOf(mails, ['random-one', 'random-two', 'random-three'])))
    expect(count).toBeGreaterThanOrEqual(untouched().length);
  expect(await begunWhileHeld()).toEqual([]);
  const [late] = await db.$queryRaw<{ mails: number }[]>`
    select count(*)::int as mails from send s join suppression p on p.address_hash = s.address_hash
    where s.begun_at > p.created_at + interval '100 milliseconds'`;
  expect(late?.mails).toBe(0);
});

function untilQuietlyEntered(emails: readonly string[]): Promise<boolean> {
  return poll('everybody to enter', async () => (await enrollments(world.db, emails)).length === emails.length, {
    timeoutMs: 60_000,
  });
}

async function anyTarget(random: () => number, one: Enrolled | undefined): Promise<HoldTarget> {
  const scope = Math.floor(random() * 5);
  if (scope === 0 || !one) return everything;
  if (scope === 1) return { scope: 'journey', journeyKey: 'random' };
  const stepId = straight[Math.floor(random() * straight.length)] ?? 'rest';
  if (scope === 2) return { scope: 'step', journeyKey: 'random', stepId };
  if (scope === 3) return { scope: 'enrollment', enrollmentId: one.id };
  const { contactId } = await world.db.enrollment.findUniqueOrThrow({ where: { id: one.id } });
  return { scope: 'contact', contactId };
}

function pickOf(all: Record<string, number>, names: readonly string[]): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, all[name] ?? 0]));
}

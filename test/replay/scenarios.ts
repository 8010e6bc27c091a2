import type { WorkflowHandle } from '@temporalio/client';
import { move, position, released, retry, skip, wake, type RunPhase } from '../../workflows/contract/messages';
import { acceptEvents } from '../../prisma/stores/events';
import { publishedJourney } from '../support/journeys';
import { poll } from '../support/poll';
import { happening } from '../support/pump';
import type { World } from '../support/world';

/** One way through a journey: its steps, and what happens to the person on it. */
export interface Scenario {
  steps: string;
  exits?: string;
  /** Null: nobody knows it. */
  email?: null;
  historyEvents?: number;
  before?: (world: World) => Promise<void>;
  play: (run: Run) => Promise<void>;
}

export interface Run {
  world: World;
  handle: WorkflowHandle;
  enrollmentId: string;
  phase(wanted: RunPhase): Promise<unknown>;
}

const mail = '{ id: hello, kind: email, template: hello }';
const brief = '{ id: rest, kind: wait, for: 1 second }';
const long = '{ id: rest, kind: wait, for: 2 days, on: [{ event: page.viewed, next: done }] }';
const done = '{ id: done, kind: exit, outcome: completed }';
const extra = '{ id: extra, kind: wait, for: 1 second }';
const over = '{ id: over, kind: exit, outcome: over }';
const steps = (...all: string[]) => all.map((step) => `  - ${step}`).join('\n');

const nothing = async () => undefined;
const waiting = async ({ phase }: Run) => void (await phase('waiting'));

/** A way for each step kind, for each thing that may come between, and for each end. */
export const scenarios = {
  timeout: { steps: steps(mail, brief, done), play: nothing },
  winner: {
    steps: steps(mail, long, done),
    play: async (run) => {
      await waiting(run);
      await run.world.win(run.enrollmentId, 2);
    },
  },
  'past-instant': {
    steps: steps("{ id: rest, kind: wait, until: { date: '2026-01-01', at: '09:00' } }", mail, done),
    play: nothing,
  },
  branch: {
    steps: steps(
      '{ id: fork, kind: branch, cases: [{ when: { field: country, is: NL }, next: hello }], else: done }',
      mail,
      done,
    ),
    play: nothing,
  },
  'branch-else': {
    steps: steps(
      '{ id: fork, kind: branch, cases: [{ when: { field: country, is: NZ }, next: hello }], else: done }',
      mail,
      done,
    ),
    play: nothing,
  },
  passed: {
    steps: steps('{ id: hello, kind: email, template: hello, if: { field: country, is: NZ } }', done),
    play: nothing,
  },
  'carried-out': {
    steps: steps(
      '{ id: change, kind: update, tags: { add: [seen] } }',
      '{ id: points, kind: score, points: 5, reason: seen }',
      '{ id: call, kind: task, type: call, title: Call }',
      '{ id: ask, kind: enroll, journey: elsewhere }',
      done,
    ),
    play: nothing,
  },
  split: {
    steps: steps('{ id: fork, kind: split, arms: [{ name: a }, { name: b, next: done }] }', mail, done),
    play: nothing,
  },
  repeated: {
    steps: steps(brief, '{ id: again, kind: repeat, from: rest, times: 2 }', done),
    play: nothing,
  },
  'gave-up': {
    steps: steps(
      '{ id: call, kind: task, type: call, title: "{% for i in (1..event.properties.n) %}x{% endfor %}" }',
      done,
    ),
    before: ({ db }) => enteredWith(db, 1_000_000_000),
    play: async ({ world, handle, phase }) => {
      await phase('needs-attention');
      await enteredWith(world.db, 1);
      await handle.executeUpdate(retry);
    },
  },
  held: {
    steps: steps(mail, long, done),
    before: (world) => setHold(world, true),
    play: async ({ world, handle, phase, enrollmentId }) => {
      await phase('held');
      await setHold(world, false);
      await handle.signal(released);
      await phase('waiting');
      await world.win(enrollmentId, 2);
    },
  },
  skipped: {
    steps: steps(mail, long, done),
    play: async (run) => {
      await waiting(run);
      await run.handle.executeUpdate(skip);
    },
  },
  retried: {
    steps: steps(mail, long, done),
    play: async (run) => {
      await waiting(run);
      await run.handle.executeUpdate(retry);
      await poll('the second visit', async () => (await run.handle.query(position)).visit === 3);
      await waiting(run);
      await run.handle.executeUpdate(skip);
    },
  },
  attention: {
    steps: steps(mail, done),
    before: ({ db }) => rewrite(db, "{{ 'x' | no-such-filter }}"),
    play: async ({ world, handle, phase }) => {
      await phase('needs-attention');
      await rewrite(world.db, '<p>Better now</p>');
      await handle.executeUpdate(retry);
    },
  },
  deferred: {
    steps: steps(mail, done),
    email: null,
    play: async ({ world, phase, enrollmentId }) => {
      await phase('deferred');
      const { contactId } = await world.db.enrollment.findUniqueOrThrow({ where: { id: enrollmentId } });
      await world.db.contact.update({ where: { id: contactId }, data: { email: 'late@example.test' } });
      await world.knock(enrollmentId, 1);
    },
  },
  'left-while-waiting': {
    steps: steps(mail, long, done),
    play: async (run) => {
      await waiting(run);
      await leave(run);
    },
  },
  'left-while-deferred': {
    steps: steps(mail, done),
    email: null,
    play: async (run) => {
      await run.phase('deferred');
      await leave(run);
    },
  },
  'sent-on-while-waiting': {
    steps: steps(mail, long, done, extra, over),
    exits: 'exits: [{ event: demo.requested, next: extra }]',
    play: async (run) => {
      await waiting(run);
      await sendOn(run);
    },
  },
  'sent-on-while-held': {
    steps: steps(mail, long, done, extra, over),
    exits: 'exits: [{ event: demo.requested, next: extra }]',
    before: (world) => setHold(world, true),
    play: async (run) => {
      await run.phase('held');
      await sendOn(run);
      await poll('the exit to be met', async () => (await run.handle.query(position)).stepId === 'extra');
      await run.phase('held');
      await setHold(run.world, false);
      await run.handle.signal(released);
    },
  },
  'moved-while-waiting': {
    steps: steps(mail, long, done),
    play: async (run) => {
      await waiting(run);
      await moveOn(run, ['2 days', '5 days']);
      await poll('the second visit', async () => (await run.handle.query(position)).visit === 3);
      await run.world.win(run.enrollmentId, 3);
    },
  },
  'moved-while-held': {
    steps: steps(mail, long, done),
    before: (world) => setHold(world, true),
    play: async (run) => {
      await run.phase('held');
      await moveOn(run, ['2 days', '1 second']);
      await setHold(run.world, false);
      await run.handle.signal(released);
    },
  },
  cancelled: {
    steps: steps(mail, long, done),
    play: async (run) => {
      await waiting(run);
      await run.handle.cancel();
    },
  },
  'continued-as-new': {
    steps: steps(mail, long, done),
    historyEvents: 1,
    play: async (run) => {
      await waiting(run);
      await run.world.win(run.enrollmentId, 2);
    },
  },
} satisfies Record<string, Scenario>;

/** Publishes a version with something in place of something, and moves the run to it. */
async function moveOn({ world, handle, enrollmentId }: Run, [from, to]: [string, string]): Promise<void> {
  const { versionId } = await world.db.enrollment.findUniqueOrThrow({ where: { id: enrollmentId } });
  const { source } = await world.db.journeyVersion.findUniqueOrThrow({ where: { id: versionId } });
  const order = { versionId: await publishedJourney(world.db, source.replace(from, to)), number: 2, steps: {} };
  await handle.executeUpdate(move, { args: [{ ...order, jobId: '00000000-0000-7000-8000-000000000000' }] });
}

async function setHold({ db }: World, on: boolean): Promise<void> {
  if (on) await db.hold.create({ data: { id: crypto.randomUUID(), scope: 'system' } });
  else await db.hold.updateMany({ data: { liftedAt: new Date() } });
}

async function sendOn({ world, enrollmentId }: Run): Promise<void> {
  const { contactId } = await world.db.enrollment.findUniqueOrThrow({ where: { id: enrollmentId } });
  await acceptEvents(world.db, [happening('demo.requested', { keys: [`contact:${contactId}`] })]);
}

async function enteredWith(db: World['db'], n: number): Promise<void> {
  await db.enrollment.updateMany({ data: { entry: { n } } });
}

async function rewrite(db: World['db'], html: string): Promise<void> {
  await db.templateVersion.updateMany({ data: { html } });
}

async function leave({ world, handle, enrollmentId }: Run): Promise<void> {
  await world.db.enrollment.update({ where: { id: enrollmentId }, data: { leaving: 'unsubscribed' } });
  await handle.signal(wake, { visit: null, outcome: 'leave' });
}

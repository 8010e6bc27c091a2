import fc from 'fast-check';
import { v7 } from 'uuid';
import { newToken } from '../../../prisma/stores/links';
import { graphs, journeyKeys, orderFor, versionIdOf } from './journeys';
import type { Round } from './round';
import type { Run } from './run';
import type { HoldScope, Person, Setup, TestEvent } from './store';

const MINUTE = 60_000;

type Play = (round: Round, run: Run, n: number) => Promise<unknown>;

/** What may happen next, and how often it is drawn. `n` picks among its variants. */
const plays = {
  act: [24, (round, run, n) => round.act(run, n)],
  deliver: [6, (round, run, n) => round.deliver(run, n % 5 === 4)],
  tick: [8, tick],
  event: [9, event],
  divert: [2, divert],
  pump: [7, (round) => round.pump()],
  loseAnswer: [3, loseAnswer],
  presumedDead: [3, presumedDead],
  late: [4, late],
  attemptDies: [1, attemptDies],
  giveUp: [1, giveUp],
  renew: [1, async (_, run) => void (run.renewDue = true)],
  reset: [1, (_, run) => run.start()],
  skip: [1, skip],
  retry: [2, async (_, run) => run.ask('retry')],
  move: [3, move],
  cancel: [1, async (_, run, n) => void (n === 0 && (run.box = { ...run.box, cancelled: true }))],
  skew: [1, async (_, run, n) => void (run.skew = [0, 2000, -2000, MINUTE, -MINUTE][n % 5] ?? 0)],
  providerEvent: [2, providerEvent],
  optOut: [1, (round, _, n) => round.optOut(n % 2, n % 3 === 0)],
  stop: [1, (round, _, n) => round.stop(n % 3)],
  complain: [1, async (round, _, n) => void (n % 3 === 0 && (await round.complain(n % 2)))],
  withdraw: [1, (round, _, n) => round.withdraw(n % 3, n % 2 === 0)],
  consent: [2, consent],
  exit: [1, (round, run) => round.simply('exit by a person', (store) => store.exit(run.enrolled.id))],
  pause: [2, pause],
  resume: [2, resume],
  patchAddress: [2, patchAddress],
  allowResend: [1, (round, run) => round.allowResend(run)],
  knock: [2, knock],
  sweepHeld: [1, (round) => round.simply('sweep', (store) => store.sweepHeld())],
  merge: [2, (round, _, n) => round.merge(n % 2, 1 - (n % 2))],
  join: [2, join],
} satisfies Record<string, readonly [weight: number, play: Play]>;

export type CommandName = keyof typeof plays;
export interface Command {
  op: CommandName;
  /** Which enrollment. */
  who: number;
  n: number;
}

export function play(round: Round, { op, who, n }: Command): Promise<unknown> {
  const run = round.runs[who % round.runs.length];
  if (!run) throw new Error('a round has runs');
  round.note(`- ${op} ${who} ${n}`);
  const does: Play = plays[op][1];
  return does(round, run, n);
}

const names = Object.keys(plays).filter((name): name is CommandName => name in plays);

export const command: fc.Arbitrary<Command> = fc.record({
  op: fc.oneof(...names.map((name) => ({ weight: plays[name][0], arbitrary: fc.constant(name) }))),
  who: fc.nat(1),
  n: fc.nat(31),
});

async function skip({ watch }: Round, run: Run): Promise<void> {
  watch.skipped.add(run.enrolled.id);
  run.ask('skip');
}

/** A person wants it to go on in the other version. */
async function move({ watch, world }: Round, run: Run, n: number): Promise<void> {
  const { id, journeyKey } = run.enrolled;
  const versionId = world.enrollments.find((row) => row.id === id)?.versionId;
  if (versionId === undefined) return;
  watch.moved.add(id);
  run.askMove(orderFor(journeyKey, versionId, n));
}

/** Waits end at their deadline, a moment before, a moment after; else some time goes by. */
async function tick(round: Round, _run: Run, n: number): Promise<void> {
  const { world, clock } = round;
  const instants = [
    ...world.visits.flatMap(({ deadline, outcome }) => (outcome === null && deadline !== null ? [deadline] : [])),
    ...world.sends.flatMap(({ deferredUntil }) => deferredUntil ?? []),
  ].filter((at) => at >= clock);
  const next = Math.min(...instants, clock + 2 * 60 * MINUTE);
  const to = [next, next - 1, next + 1, clock + 1, clock + 1000, clock + 6000, clock + MINUTE, clock + 10 * MINUTE];
  await round.setClock(to[n % to.length] ?? clock);
}

async function event(round: Round, run: Run, n: number): Promise<void> {
  const types = ['a', 'a', 'a', 'b', 'b', 'email.clicked', 'x', 'form.submitted'];
  const person = round.setup.people.find(({ id }) => id === run.enrolled.contactId);
  const type = types[n % types.length] ?? 'a';
  const sends = round.world.sends.filter((send) => send.channel === 'email' && round.wentOut(send));
  const about = sends[n % Math.max(1, sends.length)];
  if (!person || (type === 'email.clicked' && !about)) return;
  const own = person.userId === null ? `anonymous:${person.anonymousId}` : `user:${person.userId}`;
  const key = [`contact:${person.id}`, own][n % 2] ?? '';
  await round.accept({
    ...{ messageId: v7(), type, keys: [key], properties: {}, receivedAt: stampedAt(round, n) },
    traits: type === 'form.submitted' ? learned(n) : {},
    of: type === 'email.clicked' && about ? about : null,
  } satisfies TestEvent);
}

/** Who moves is written to at other hours. */
function learned(n: number): TestEvent['traits'] {
  if (n > 15) return { email: `${v7()}@example.com` };
  return n > 7 ? { timezone: 'Asia/Kathmandu', country: 'NP' } : {};
}

/** They agree to mail again, now or as of before, about the topic of the journeys, another, or all. */
async function consent(round: Round, run: Run, n: number): Promise<void> {
  const topic = ['education', 'education', '*', 'product'][n % 4] ?? '*';
  const at = n > 23 ? new Date(round.clock - 10 * MINUTE).toISOString() : null;
  round.people.agreed();
  await round.accept({
    ...{ messageId: v7(), type: 'b', keys: [`contact:${run.enrolled.contactId}`], properties: {} },
    ...{ traits: { consent: { topic, at } }, receivedAt: stampedAt(round, n), of: null },
  });
}

/** A visitor says who they are: their record and that of somebody known are one. */
async function join(round: Round, _run: Run, n: number): Promise<void> {
  const { people } = round.setup;
  const [person, visitor] = [people[n % 2], people.find(({ userId }) => userId === null)];
  const keys = [`anonymous:${visitor?.anonymousId}`, `user:${person?.userId}`];
  await round.accept({
    ...{ messageId: v7(), type: ['a', 'page.viewed'][n % 3] ?? 'b', keys: n % 5 > 2 ? keys.reverse() : keys },
    ...{ properties: {}, traits: {}, receivedAt: stampedAt(round, n), of: null },
  });
}

/** An event that sends the journey on at a step. */
async function divert(round: Round, { enrolled }: Run, n: number): Promise<void> {
  const { contactId } = enrolled;
  const of = { messageId: v7(), type: 'd', keys: [`contact:${contactId}`], properties: {}, traits: {}, of: null };
  await round.accept({ ...of, receivedAt: stampedAt(round, n) });
}

/** Half are committed as they are stamped; others were stamped around a deadline and are committed after it. */
function stampedAt({ clock, world }: Round, n: number): number {
  const passed = world.visits.flatMap(({ deadline }) => (deadline !== null && deadline <= clock ? [deadline] : []));
  const last = Math.max(...passed);
  return [clock, clock, last - 1, last].map((at) => (Number.isFinite(at) ? at : clock))[n >> 3] ?? clock;
}

/** It committed, and nobody heard of it: it will be asked again. */
async function loseAnswer(round: Round, { pending }: Run): Promise<void> {
  if (pending.kind === 'effect' && pending.name !== 'sendEmail') await round.perform(pending.name, pending.request);
}

/** The server gave it up, and it is still on its way: it may arrive at any time. */
async function presumedDead(_round: Round, run: Run): Promise<void> {
  const { pending } = run;
  if (pending.kind !== 'effect') return;
  if (pending.name === 'sendEmail') run.takeOver();
  else run.copies = [...run.copies, { name: pending.name, request: pending.request }].slice(-3);
}

/** A zombie takes a step. */
async function late(round: Round, run: Run, n: number): Promise<void> {
  const sending = run.zombies[n % Math.max(1, run.zombies.length)];
  if (sending && (n % 2 === 0 || run.copies.length === 0)) {
    const told = await round.stepSending(run, sending, n);
    if (told) run.zombies = run.zombies.filter((one) => one !== sending);
    return;
  }
  const [copy, ...rest] = run.copies;
  run.copies = rest;
  if (copy) await round.perform(copy.name, copy.request);
}

/** A knock without a reason, as sweeps and joins give it. */
async function knock({ world }: Round, run: Run, n: number): Promise<void> {
  const enrollment = world.enrollments.find(({ id }) => id === run.enrolled.id);
  const visit = n % 3 === 0 ? null : (enrollment?.visit ?? 0);
  run.deliver({ enrollmentId: run.enrolled.id, kind: 'wake', visit });
}

async function attemptDies(_round: Round, run: Run): Promise<void> {
  if (!run.current) return;
  run.takeOver();
  run.zombies = run.zombies.slice(0, -1);
}

async function giveUp(round: Round, run: Run, n: number): Promise<void> {
  const { pending } = run;
  if (pending.kind !== 'effect' || pending.name === 'needAttention' || pending.name === 'finish') return;
  if (n % 2 === 0) await loseAnswer(round, run);
  await run.giveUp();
}

async function providerEvent(round: Round, run: Run, n: number): Promise<void> {
  const sent = round.world.sends.filter((send) => round.wentOut(send));
  const send = sent[n % Math.max(1, sent.length)];
  const state = (['accepted', 'delivered', 'delivered', 'bounced'] as const)[n % 4] ?? 'accepted';
  if (!send) return;
  await round.simply(`provider: ${state}`, (store) => store.providerEvent(send, state));
}

async function pause(round: Round, { enrolled }: Run, n: number): Promise<void> {
  const { contactId = '' } = round.world.enrollments.find(({ id }) => id === enrolled.id) ?? {};
  await round.pause(scopeOf(n, enrolled.journeyKey, { enrollmentId: enrolled.id, contactId }));
}

function scopeOf(n: number, journeyKey: string, of: { enrollmentId: string; contactId: string }): HoldScope {
  const steps = Object.keys(graphs.get(journeyKey)?.steps ?? {});
  switch (n % 5) {
    case 0:
      return { scope: 'system' };
    case 1:
      return { scope: 'journey', journeyKey };
    case 2:
      return { scope: 'contact', contactId: of.contactId };
    case 3:
      return { scope: 'step', journeyKey, stepId: steps[n % steps.length] ?? '' };
    default:
      return { scope: 'enrollment', enrollmentId: of.enrollmentId };
  }
}

async function resume(round: Round, _run: Run, n: number): Promise<void> {
  const target = round.holds[n % Math.max(1, round.holds.length)];
  if (target) await round.resume(target, n % 3 === 0 ? 600 : 0);
}

async function patchAddress(round: Round, { enrolled }: Run, n: number): Promise<void> {
  const address = [null, `no address ${v7()}`, `${v7()}@example.com`, firstAddress(round)][n % 4] ?? null;
  await round.simply(`address ${n % 4}`, (store) => store.patchAddress(enrolled.contactId, address));
}

function firstAddress({ setup }: Round): string | null {
  return setup.people[0]?.email ?? null;
}

/** What the settings say of sending hours; a round begins on a Monday at nine in UTC, and lasts some hours. */
const hours = {
  any: {},
  quiet: { quietHours: { from: '09:20', to: '10:30' }, spread: '20 minutes' },
  window: { defaultWindow: { days: ['monday', 'tuesday'], from: '09:40', to: '13:00' }, spread: '2 hours' },
  gap: { minimumGap: '40 minutes' },
  holiday: {
    holidays: { countries: ['contact'], dates: ['2026-11-23'] },
    defaultWindow: { from: '08:00', to: '18:00' },
  },
} satisfies Record<string, Partial<Setup['settings']>>;

/** Two enrollments at most: of one person, of two, who may share an address, or of a person and a visitor. */
export interface Shape {
  journeys: [number, number];
  second: 'none' | 'same-person' | 'same-address' | 'other' | 'visitor';
  /** The second enrollment is in the journey of the first: one of them yields when they turn out to be one person. */
  sameJourney: boolean;
  hasAddress: boolean;
  hasPhone: boolean;
  fastForwarded: boolean;
  cap: number;
  hours: keyof typeof hours;
  unknownSends: 'proceed' | 'hold';
  idempotent: boolean;
}

export const shape: fc.Arbitrary<Shape> = fc.record({
  journeys: fc.tuple(fc.nat(journeyKeys.length - 1), fc.nat(journeyKeys.length - 2)),
  second: fc.constantFrom('none', 'same-person', 'same-address', 'other', 'visitor'),
  sameJourney: fc.boolean(),
  hasAddress: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  hasPhone: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  fastForwarded: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  cap: fc.nat(2),
  hours: fc.constantFrom('any', 'any', 'any', 'quiet', 'window', 'gap', 'holiday'),
  unknownSends: fc.constantFrom('proceed', 'proceed', 'hold'),
  idempotent: fc.boolean(),
});

/** A number of one's own. */
function phoneOf(id: string): string {
  return `+49${parseInt(id.slice(-10), 16)}`;
}

/** Whom notes reach: by mail and chat, and by no phone. */
const teams = [{ key: 'sales', name: 'Sales', email: 'sales@example.com', chat: 'sales-chat' }];

/** Whose the second enrollment is. */
const whose = { none: 0, 'same-person': 0, 'same-address': 1, other: 1, visitor: 2 } as const;

/** Two who are known, and a visitor. */
function peopleOf({ hasAddress, hasPhone, second }: Shape): Person[] {
  const email = hasAddress ? `${v7()}@example.com` : null;
  const isOther = second === 'other' || second === 'visitor';
  const addresses = [email, isOther && hasAddress ? `${v7()}@example.com` : email, null];
  return addresses.map((address, place) => {
    const id = v7();
    const phone = hasPhone ? phoneOf(id) : null;
    const known = place < 2 ? { userId: `u-${id}`, anonymousId: null } : { userId: null, anonymousId: `a-${id}` };
    const ownsAddress = place === 0 || (isOther && place === 1);
    return { id, email: address, phone, ...known, ownsAddress, unsubscribeToken: newToken() };
  });
}

/** Fresh ids, so that many rounds fit one database. */
export function setupOf(it: Shape, now: number): Setup {
  const people = peopleOf(it);
  const [first, second] = it.journeys;
  const other = it.sameJourney && it.second !== 'same-person' ? first : second >= first ? second + 1 : second;
  const indexes = [first, ...(it.second === 'none' ? [] : [other])];
  const enrollments = indexes.flatMap((index, place) => {
    const journeyKey = journeyKeys[index] ?? 'one-wait';
    const person = people[place === 0 ? 0 : whose[it.second]];
    if (!person) return [];
    const base = { id: v7(), contactId: person.id, journeyKey, versionId: versionIdOf(journeyKey) };
    return [{ ...base, enteredAt: now, fastForwarded: it.fastForwarded }];
  });
  const frequencyCaps = it.cap === 0 ? [] : [{ channel: 'email' as const, max: it.cap, per: '1 hour' }];
  const settings = { teams, frequencyCaps, unknownSends: it.unknownSends, ...hours[it.hours] };
  return { now, graphs, settings, people, enrollments };
}

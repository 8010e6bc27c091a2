import { v7 } from 'uuid';
import { isDeepStrictEqual } from 'node:util';
import type { Requested } from '../../../workflows/interpreter/host';
import type { Attempt } from '../../../workflows/interpreter/virtual/send/claim';
import { isPending } from '../../../workflows/domain/visits/diversion';
import { isOfOneSend, together } from '../../../workflows/domain/sending/answer';
import type { CallAnswer } from '../../../workflows/domain/sending/settling';
import { barOf, keysOf } from '../../../workflows/interpreter/virtual/send/claim';
import type { MemoryStore } from './memory-store';
import { fresh, Run, type Sending } from './run';
import type { HoldScope, Message, PlainEffect, SendRequest, Setup, Store, TestEvent, Told } from './store';
import { PeopleWatch } from './people-watch';
import { Violation, Watch } from './watch';

/** How long a provider's event is waited for. */
const GRACE_MS = 60_000;
const FRESH_MS = 5_000;

/** The two stores did not say the same. */
export class Difference extends Violation {
  constructor(what: string, sql: unknown, memory: unknown) {
    super('stores', `${what}\n  SQL:    ${JSON.stringify(sql)}\n  memory: ${JSON.stringify(memory)}`);
  }
}

export interface Stores {
  /** Null to play in memory alone. */
  sql: Store | null;
  memory: MemoryStore;
}

/** One small world, played on both stores at once. */
export class Round {
  clock: number;
  readonly runs: Run[];
  readonly watch = new Watch();
  readonly people = new PeopleWatch();
  readonly holds: HoldScope[] = [];
  /** Calls that the provider accepted. */
  private readonly deliveries: Message[] = [];
  private readonly mayResend = new Set<string>();
  /** Messages that the provider refused for good. */
  readonly rejected = new Set<string>();
  private told: string[] = [];

  constructor(
    private readonly stores: Stores,
    readonly setup: Setup,
    private readonly idempotent: boolean,
  ) {
    this.clock = setup.now;
    this.runs = setup.enrollments.map((enrolled) => new Run(enrolled, () => this.clock));
  }

  async begin(): Promise<void> {
    await this.both((store) => store.begin(this.setup));
    for (const run of this.runs) await run.start();
  }

  /** Both stores take a step; answers are compared. */
  private async both<T>(step: (store: Store) => Promise<T>, what = 'step'): Promise<T> {
    const sql = this.stores.sql && (await step(this.stores.sql));
    const memory = await step(this.stores.memory);
    if (this.stores.sql && !isDeepStrictEqual(plain(sql), plain(memory))) throw new Difference(what, sql, memory);
    this.watch.look(this.stores.memory.world);
    this.people.look(this.stores.memory.world);
    return memory;
  }

  note(what: string): void {
    this.told.push(what);
  }

  story(): string {
    return this.told.join('\n');
  }

  async setClock(now: number): Promise<void> {
    this.clock = Math.max(this.clock, now);
    this.note(`clock ${this.clock - this.setup.now} ms`);
    await this.both((store) => store.setClock(this.clock));
  }

  async accept(event: TestEvent): Promise<void> {
    this.watch.committedAt.set(event.messageId, this.clock);
    this.note(`${event.type} accepted at ${event.receivedAt - this.setup.now} ms`);
    await this.both((store) => store.accept(event));
  }

  async pump(): Promise<void> {
    this.note('pump');
    await this.both((store) => store.pump());
  }

  /** The run goes on by one step: of an effect, of the protocol of sending, or out of a rest. */
  async act(run: Run, n: number): Promise<boolean> {
    const { pending } = run;
    switch (pending.kind) {
      case 'ended':
        return false;
      case 'broken':
        throw pending.error;
      case 'rest':
        return run.tryToWake();
      case 'effect':
        if (pending.name === 'sendEmail') await this.actSending(run, n);
        else await run.answer(await this.perform(pending.name, pending.request));
        return true;
    }
  }

  private async actSending(run: Run, n: number): Promise<void> {
    if (!run.current) run.takeOver();
    const { current } = run;
    const told = current && (await this.stepSending(run, current, n));
    if (told) await run.answer(told);
  }

  async perform<N extends PlainEffect>(name: N, request: Requested<N>): Promise<Told> {
    const what = `${name} ${JSON.stringify(request)}`;
    this.note(what);
    const told = await this.both((store) => store.perform(name, request), what);
    if ('visit' in request) this.lookAtAnswer(request, told);
    return told;
  }

  /** Nobody is given the answer of another step. */
  private lookAtAnswer({ enrollmentId, visit, stepId }: SendRequest, { kind }: Told): void {
    if (!['waiting', 'closed', 'go', 'sent'].includes(kind)) return;
    const row = this.world.visits.find((one) => one.enrollmentId === enrollmentId && one.visit === visit);
    if (row?.stepId !== stepId) throw new Violation('I1', `${stepId} is told the answer of ${row?.stepId}`);
  }

  /** One step of an attempt; an answer if it has come to its end. */
  async stepSending(run: Run, sending: Sending, n: number): Promise<Told | null> {
    const told = await this.stepOne(run, sending, n);
    if (told === null || !isOfOneSend(told)) return told;
    sending.told.push(told);
    const next = sending.channels[sending.told.length];
    if (next === undefined) return { ...together(sending.told) };
    Object.assign(sending, { ...fresh(), channel: next });
    return null;
  }

  private async stepOne(run: Run, sending: Sending, n: number): Promise<Told | null> {
    const { request } = sending;
    const attempt: Attempt = {
      id: sending.id,
      channel: sending.channel,
      transport: 'test',
      idempotent: this.idempotent,
      graceMs: GRACE_MS,
    };
    const what = `${sending.stage} ${sending.id.slice(-4)} ${JSON.stringify(request)}`;
    this.note(what);
    switch (sending.stage) {
      case 'claim': {
        const told = await this.both((store) => store.claim(request, attempt), what);
        this.lookAtAnswer(request, told);
        return went(sending, told, 'begin');
      }
      case 'begin': {
        const told = await this.both((store) => store.beginCall(request, attempt), what);
        if (told.kind === 'go') this.lookAtBegin(sending);
        sending.begunAt = this.clock;
        if (told.kind === 'again') sending.stage = 'claim';
        return told.kind === 'again' ? null : went(sending, told, 'call');
      }
      case 'call':
        if (this.clock - sending.begunAt >= FRESH_MS) sending.stage = 'begin';
        else this.call(run, sending, n);
        return null;
      case 'settle': {
        const answer = sending.answer ?? { kind: 'unknown', why: 'lost' };
        return this.both((store) => store.settle(request, attempt, answer), `${what} ${answer.kind}`);
      }
    }
  }

  private call(run: Run, sending: Sending, n: number): void {
    const { enrollmentId, visit } = sending.request;
    const { channel } = sending;
    const drawn = outcomes[n % outcomes.length] ?? 'accepted';
    // A second call with the same id has no effect, and is told what the first was told.
    const outcome =
      this.idempotent && this.wentOut({ enrollmentId, visit, channel }) && drawn !== 'lost' ? 'accepted' : drawn;
    this.note(`  call: ${outcome}`);
    if (outcome === 'accepted' || outcome === 'lost') this.delivered(sending);
    if (outcome === 'lost' && this.idempotent) {
      // Its worker died with the answer: the activity is tried again.
      if (run.current === sending) run.takeOver();
      run.zombies = run.zombies.filter((one) => one !== sending);
      return;
    }
    // Where each call may be repeated, no answer is none.
    sending.answer = answerFor(this.idempotent && outcome === 'silent' ? 'retryable' : outcome, this.clock);
    if (outcome === 'rejected') this.rejected.add(`${enrollmentId}/${visit}/${channel}`);
    sending.stage = 'settle';
  }

  private delivered({ request: { enrollmentId, visit }, channel }: Sending): void {
    const same = this.wentOut({ enrollmentId, visit, channel });
    if (same && !this.idempotent) throw new Violation('I4', `two calls of visit ${visit}`);
    if (!same) this.deliveries.push({ enrollmentId, visit, channel });
    const group = this.retriesOf(enrollmentId, visit);
    const out = this.deliveries.filter(
      (one) => one.enrollmentId === enrollmentId && one.channel === channel && group.includes(one.visit),
    );
    if (out.length > 1 && !group.some((one) => this.mayResend.has(`${enrollmentId}/${one}`)))
      throw new Violation('I4', `the message of visit ${visit} went out before, as another visit's`);
  }

  /** All visits that are one message to the person: a retry is a visit of its own. */
  private retriesOf(enrollmentId: string, visit: number): number[] {
    const { visits } = this.stores.memory.world;
    const retried = (number: number) =>
      visits.some((row) => row.enrollmentId === enrollmentId && row.visit === number && row.outcome === 'retried');
    const first = retried(visit - 1) ? this.retriesOf(enrollmentId, visit - 1) : [visit];
    let last = visit;
    while (retried(last)) last += 1;
    return [...new Set([...first, ...Array.from({ length: last - visit + 1 }, (_, i) => visit + i)])];
  }

  wentOut({ enrollmentId, visit, channel }: Message): boolean {
    return this.deliveries.some(
      (one) => one.enrollmentId === enrollmentId && one.visit === visit && one.channel === channel,
    );
  }

  /** No begin after a committed leave or opt-out. */
  private lookAtBegin({ request: { enrollmentId, visit }, channel }: Sending): void {
    const { world } = this.stores.memory;
    this.people.lookAtBegin(world, { enrollmentId, visit, channel }, this.deliveries);
    const enrollment = world.enrollments.find(({ id }) => id === enrollmentId);
    const send = this.stores.memory.send({ enrollmentId, visit, channel });
    if (!send || enrollment?.status === 'finished' || enrollment?.leaving)
      throw new Violation('I3', `begin of visit ${visit} after ${enrollment?.leaving ?? 'the end'}`);
    if (enrollment && isPending(enrollment.diverted))
      throw new Violation('I3', `begin of visit ${visit} while it is to go on elsewhere`);
    // Staff do not opt out.
    const keys = [send.address ?? [], keysOf(send.contactId, { bar: null, heedsContact: true })].flat();
    if (send.class !== 'internal' && ['email', 'sms'].includes(channel) && barOf(world, keys, send))
      throw new Violation('I3', `begin of visit ${visit} after an opt-out`);
  }

  async deliver(run: Run, stays: boolean): Promise<boolean> {
    const owed = await this.both((store) => store.owed(run.enrolled.id), 'the oldest wake-up');
    if (!owed) return false;
    this.note(`deliver ${owed.kind} ${owed.visit} ${owed.outcome}`);
    run.deliver(owed);
    if (!stays) await this.both((store) => store.delivered(run.enrolled.id));
    return true;
  }

  async optOut(who: number, topic: boolean): Promise<void> {
    const person = this.setup.people[who % this.setup.people.length];
    if (!person || person.email === null) return;
    this.note(`opt-out of ${who}${topic ? ' from the topic' : ''}`);
    await this.both((store) => store.optOut(person, topic));
    this.people.optedOut(this.world, { id: person.id, address: person.email, topic });
  }

  async withdraw(who: number, topic: boolean): Promise<void> {
    const person = this.setup.people[who % this.setup.people.length];
    if (!person) return;
    this.note(`${who} tells us to stop${topic ? ' about the topic' : ''}`);
    const fact = v7();
    await this.both((store) => store.withdraw(person, topic, fact));
    this.people.optedOut(this.world, { id: person.id, address: null, topic });
  }

  async complain(who: number): Promise<void> {
    const person = this.setup.people[who % this.setup.people.length];
    if (!person || person.email === null) return;
    this.note(`complaint of ${who}`);
    const fact = v7();
    await this.both((store) => store.complain(person, fact));
    this.people.optedOut(this.world, { id: person.id, address: person.email, topic: false });
  }

  async stop(who: number): Promise<void> {
    const person = this.setup.people[who % this.setup.people.length];
    if (!person) return;
    this.note(`STOP of ${who}`);
    await this.both((store) => store.stop(person));
  }

  async merge(stays: number, goes: number): Promise<void> {
    const [into, from] = [this.setup.people[stays], this.setup.people[goes]];
    if (!into || !from) return;
    this.note(`merge of ${goes} into ${stays}`);
    await this.both((store) => store.merge(into.id, from.id));
  }

  /** No row of any table names a record that was joined into another. */
  async lookForOrphans(): Promise<void> {
    const { sql, memory } = this.stores;
    const orphans = [...((await sql?.orphans()) ?? []), ...(await memory.orphans())];
    if (orphans.length > 0) throw new Violation('I10', `${orphans.join(', ')} name a record that was joined`);
  }

  async pause(target: HoldScope): Promise<void> {
    this.note(`pause ${target.scope}`);
    this.holds.push(target);
    await this.both((store) => store.pause(target));
  }

  async resume(target: HoldScope, spreadSeconds: number): Promise<void> {
    this.note(`resume ${target.scope} over ${spreadSeconds} s`);
    await this.both((store) => store.resume(target, spreadSeconds));
  }

  async simply(what: string, step: (store: Store) => Promise<void>): Promise<void> {
    this.note(what);
    await this.both(step);
  }

  async allowResend(run: Run): Promise<void> {
    const { id } = run.enrolled;
    for (const send of this.stores.memory.world.sends)
      if (send.enrollmentId === id && send.state === 'unknown') this.mayResend.add(`${id}/${send.visit}`);
    await this.simply('a person allows to resend', (store) => store.allowResend(id));
  }

  get world() {
    return this.stores.memory.world;
  }

  async compare(): Promise<void> {
    await this.both((store) => store.snapshot(), 'the rows');
  }

  get isIdempotent(): boolean {
    return this.idempotent;
  }
}

function plain(value: unknown): unknown {
  return value === undefined ? null : JSON.parse(JSON.stringify(value));
}

function went(sending: Sending, told: Told, next: Sending['stage']): Told | null {
  if (told.kind !== 'go') return told;
  sending.stage = next;
  return null;
}

const outcomes = ['accepted', 'accepted', 'accepted', 'lost', 'silent', 'retryable', 'rejected', 'circuit'] as const;

function answerFor(outcome: (typeof outcomes)[number], now: number): CallAnswer {
  switch (outcome) {
    case 'accepted':
      return { kind: 'accepted', providerMessageId: null };
    case 'lost':
    case 'silent':
      return { kind: 'unknown', why: 'no answer' };
    case 'retryable':
      return { kind: 'retryable', at: now + 30_000, why: 'busy' };
    case 'rejected':
    case 'circuit':
      return { kind: outcome, why: outcome };
  }
}

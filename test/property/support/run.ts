import { v7 } from 'uuid';
import { begin, type RunState } from '../../../workflows/contract/run-state';
import type { MoveOrder } from '../../../workflows/contract/effects';
import { allowedNow } from '../../../workflows/contract/messages';
import { channelsOf, type Channel } from '../../../workflows/domain/sending/channel';
import type { OneAnswer } from '../../../workflows/domain/sending/answer';
import type { CallAnswer } from '../../../workflows/domain/sending/settling';
import type { Graph } from '../../../workflows/journeys/graph';
import { EffectGaveUp, type EffectName, type Host, type Rest, type Woke } from '../../../workflows/interpreter/host';
import { interpret, type Interpreted } from '../../../workflows/interpreter/interpret';
import { emptyMailbox, take, withMove, withWake, type Mailbox } from '../../../workflows/interpreter/mailbox';
import type { DispatchRow } from '../../../workflows/interpreter/virtual/world';
import { graphOfVersion } from './journeys';
import type { Enrolled, PlainEffect, SendRequest, Told } from './store';

/** Whatever sends goes the same way. */
type KnownEffect = PlainEffect | 'sendEmail';

function known(name: EffectName): KnownEffect {
  return name === 'sendMessage' || name === 'notify' ? 'sendEmail' : name;
}

/** What the interpreter waits for. */
export type Pending =
  | { kind: 'effect'; name: KnownEffect; request: never; answer: (told: Told) => void; fail: (error: Error) => void }
  | { kind: 'rest'; rest: Rest; wake: (woke: Woke) => void }
  | { kind: 'ended'; outcome: string }
  | { kind: 'broken'; error: unknown };

/** One attempt of the activity that sends, somewhere between two steps of the protocol. */
export interface Sending {
  id: string;
  request: SendRequest;
  stage: 'claim' | 'begin' | 'call' | 'settle';
  /** When its begin was written, by the clock of the test. */
  begunAt: number;
  answer: CallAnswer | null;
  /** Of its step; `channel` is the one that it is at, after those that are told. */
  channels: readonly Channel[];
  channel: Channel;
  told: OneAnswer[];
}

/** An effect presumed dead, of which a copy may still arrive. */
export interface Copy {
  name: PlainEffect;
  request: never;
}

/** The next of its channels begins anew, by an attempt of its own. */
export function fresh(): Pick<Sending, 'id' | 'stage' | 'begunAt' | 'answer'> {
  return { id: v7(), stage: 'claim', begunAt: 0, answer: null };
}

function channelsAt({ steps }: Graph, { stepId }: SendRequest): readonly Channel[] {
  const step = steps[stepId];
  const sends = step?.kind === 'email' || step?.kind === 'message' || step?.kind === 'notify';
  return sends ? channelsOf(step) : [];
}

/** The real interpreter, stopped before every effect and in every rest: what it issues is what a workflow could. */
export class Run {
  pending: Pending = { kind: 'ended', outcome: 'not begun' };
  box: Mailbox = emptyMailbox;
  /** The workflow's clock is this much ahead of the database's. */
  skew = 0;
  renewDue = false;
  current: Sending | null = null;
  zombies: Sending[] = [];
  copies: Copy[] = [];
  private generation = 0;
  private arrived: () => void = () => undefined;

  constructor(
    readonly enrolled: Enrolled,
    private readonly clock: () => number,
  ) {}

  /** Begins, or begins again from the first step: an operator's reset. */
  start(): Promise<void> {
    this.abandon();
    const { versionId } = this.enrolled;
    return this.until(() => this.interpretFrom(begin(graphOfVersion(versionId).first), versionId));
  }

  private interpretFrom(state: RunState, versionId: string): void {
    this.generation += 1;
    const { generation } = this;
    const then = (next: Pending | Interpreted) => {
      if (generation !== this.generation) return;
      if (next.kind === 'renew') {
        // What was not accepted by an update may be dropped.
        this.box = { ...emptyMailbox, asked: this.box.asked, cancelled: this.box.cancelled };
        this.renewDue = false;
        this.interpretFrom(next.state, next.versionId);
        return;
      }
      this.pending = next;
      this.arrived();
    };
    const run = { enrollmentId: this.enrolled.id, versionId, graph: graphOfVersion(versionId), state };
    interpret(run, this.host(generation)).then(then, (error: unknown) => then({ kind: 'broken', error }));
  }

  private host(generation: number): Host {
    const arrive = (pending: Pending) => {
      if (generation !== this.generation) return;
      this.pending = pending;
      this.arrived();
    };
    return {
      now: () => this.clock() + this.skew,
      loadGraph: async (versionId) => graphOfVersion(versionId),
      renewDue: () => this.renewDue,
      perform: (name, request) =>
        new Promise((resolve, reject) => {
          // The request and the answer belong together by name; the type of the pair is lost while it waits.
          arrive({
            kind: 'effect',
            name: known(name),
            request: request as never,
            answer: (told) => resolve(told as never),
            fail: reject,
          });
        }),
      rest: (rest) => new Promise((wake) => arrive({ kind: 'rest', rest, wake })),
    };
  }

  /** Resolves when the interpreter has come to its next stop. */
  private until(go: () => void): Promise<void> {
    return new Promise((resolve) => {
      this.arrived = resolve;
      go();
    });
  }

  async answer(told: Told): Promise<void> {
    const { pending } = this;
    this.current = null;
    if (pending.kind === 'effect') await this.until(() => pending.answer(told));
  }

  async giveUp(): Promise<void> {
    const { pending } = this;
    this.abandon();
    if (pending.kind === 'effect') await this.until(() => pending.fail(new EffectGaveUp('test', 'gave up')));
  }

  /** True if the rest was ended. */
  async tryToWake(): Promise<boolean> {
    const { pending } = this;
    if (pending.kind !== 'rest') return false;
    const { woke, box } = take(this.box, pending.rest);
    this.box = box;
    const { until } = pending.rest;
    const by = woke ?? (until !== null && until <= this.clock() + this.skew ? ({ kind: 'time' } as const) : null);
    if (by) await this.until(() => pending.wake(by));
    return by !== null;
  }

  deliver({ kind, visit, outcome }: DispatchRow): void {
    if (this.pending.kind === 'ended') return;
    if (kind === 'released') this.box = { ...this.box, released: true };
    else this.box = withWake(this.box, { visit, ...(outcome && { outcome }) });
  }

  /** An operator's update, if it is allowed now. */
  ask(what: 'skip' | 'retry'): void {
    if (this.pending.kind !== 'rest' || this.box.asked !== null) return;
    const { phase, visit } = this.pending.rest;
    const phases: readonly string[] = allowedNow[what];
    if (phases.includes(phase)) this.box = { ...this.box, asked: { what, visit } };
  }

  askMove(order: MoveOrder): void {
    if (this.pending.kind !== 'rest' || this.box.asked !== null) return;
    const phases: readonly string[] = allowedNow.move;
    if (phases.includes(this.pending.rest.phase)) this.box = withMove(this.box, order);
  }

  /** A new attempt of the effect that sends takes over; the one before may still be on its way. */
  takeOver(): void {
    this.abandon();
    if (this.pending.kind !== 'effect') return;
    const request: SendRequest = this.pending.request;
    const channels = channelsAt(graphOfVersion(request.versionId ?? this.enrolled.versionId), request);
    const [channel = 'email'] = channels;
    this.current = { ...fresh(), request, channels, channel, told: [] };
  }

  private abandon(): void {
    if (this.current) this.zombies = [...this.zombies, this.current].slice(-3);
    this.current = null;
  }
}

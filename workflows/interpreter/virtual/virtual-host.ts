import type { Answered, EffectName, Host, Requested, Rest, Woke } from '../host';
import { emptyMailbox, take, withWake, type Mailbox } from '../mailbox';
import type { Channel } from '../../domain/sending/channel';
import { act } from './act';
import { arrive, needAttention } from './arrive';
import { decide } from './decide';
import { finish } from './finish';
import { move } from './move';
import { pump } from './pump';
import { nextScoreCheck, sweepScores } from './scores';
import type { Attempt } from './send/claim';
import { send, type Provider } from './send/send';
import { graphOf, type World } from './world';

/** Something that happens at an instant, from outside of the run. */
export interface Happening {
  at: number;
  happen(world: World, mailbox: Mailbox): Mailbox;
}

export interface VirtualRun {
  world: World;
  enrollmentId: string;
  happenings: readonly Happening[];
  /** What happens because of what the run did; asked after each effect, and says each thing once. */
  followUps?: ((world: World) => readonly Happening[]) | undefined;
  provider: Provider;
  idempotent: boolean;
  graceMs: number;
  /** Called before each effect: what it throws, the interpreter gets. */
  effectBegins?: ((name: EffectName) => void) | undefined;
}

/** Nothing will ever end this rest: nobody does anything any more, and it has no deadline. */
export class RestsForever extends Error {
  override readonly name = 'RestsForever';
  constructor(readonly rest: Rest) {
    super(`rests for ever: ${rest.detail}`);
  }
}

/** Lets the interpreter act on a world in memory, where time passes only while it rests. */
export function virtualHost(run: VirtualRun): Host {
  const { world } = run;
  const state = new VirtualTime(run);
  const perform = performers(run);
  return {
    now: () => world.now,
    loadGraph: async (versionId) => graphOf(world, versionId),
    renewDue: () => false,
    perform: async <N extends EffectName>(name: N, request: Requested<N>): Promise<Answered<N>> => {
      state.settle();
      run.effectBegins?.(name);
      return perform[name](request);
    },
    rest: async (rest) => state.rest(rest),
  };
}

type Performers = { [N in EffectName]: (request: Requested<N>) => Answered<N> };

function performers({ world, provider, idempotent, graceMs }: VirtualRun): Performers {
  let attempts = 0;
  const attempt = (channel: Channel): Attempt => {
    const id = `attempt-${(attempts += 1)}`;
    return { id, channel, transport: 'virtual', idempotent, graceMs };
  };
  const sender = { attempt, provider };
  return {
    arrive: (request) => arrive(world, request),
    decide: (request) => decide(world, request),
    act: (request) => act(world, request),
    finish: (request) => finish(world, request),
    needAttention: (request) => needAttention(world, request),
    move: (request) => move(world, request),
    sendEmail: (request) => send(world, request, sender),
    sendMessage: (request) => send(world, request, sender),
    notify: (request) => send(world, request, sender),
  };
}

/** Plays the script while the run rests, and brings what follows from it to the run's mailbox. */
class VirtualTime {
  private mailbox: Mailbox = emptyMailbox;
  private coming: readonly Happening[];

  constructor(private readonly run: VirtualRun) {
    this.coming = inOrder(run.happenings);
  }

  rest(rest: Rest): Woke {
    if (rest.phase !== 'acting') this.mailbox = { ...this.mailbox, shown: rest.visit };
    for (;;) {
      this.settle();
      const taken = take(this.mailbox, rest);
      this.mailbox = taken.box;
      if (taken.woke) return taken.woke;
      if (rest.until !== null && rest.until <= this.run.world.now) return { kind: 'time' };
      this.advance(rest);
    }
  }

  /** Everything that is due happens, is folded, and knocks, until nothing is left to do. */
  settle(): void {
    const { world, followUps } = this.run;
    sweepScores(world);
    const more = followUps?.(world) ?? [];
    if (more.length > 0) this.coming = inOrder([...this.coming, ...more]);
    for (let next = this.coming[0]; next && next.at <= world.now; next = this.coming[0]) {
      this.coming = this.coming.slice(1);
      this.mailbox = next.happen(world, this.mailbox);
      pump(world);
    }
    while (pump(world) > 0);
    this.deliver();
  }

  private advance(rest: Rest): void {
    const instants = [this.coming[0]?.at, rest.until, nextScoreCheck(this.run.world)].flatMap((at) => at ?? []);
    if (instants.length === 0) throw new RestsForever(rest);
    this.run.world.now = Math.max(this.run.world.now, Math.min(...instants));
  }

  private deliver(): void {
    const { world, enrollmentId } = this.run;
    const own = world.dispatches.filter((row) => row.enrollmentId === enrollmentId);
    world.dispatches = world.dispatches.filter((row) => row.enrollmentId !== enrollmentId);
    for (const { kind, visit, outcome } of own) {
      const knock = { visit, ...(outcome && { outcome }) };
      this.mailbox = kind === 'released' ? { ...this.mailbox, released: true } : withWake(this.mailbox, knock);
    }
  }
}

function inOrder(happenings: readonly Happening[]): readonly Happening[] {
  return [...happenings].sort((a, b) => a.at - b.at);
}

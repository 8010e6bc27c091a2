import type { DeliveryEffects, JourneyEffects } from '../../../workflows/contract/activities';
import type { DispatchRow, World } from '../../../workflows/interpreter/virtual/world';
import { act } from '../../../workflows/interpreter/virtual/act';
import { arrive, needAttention } from '../../../workflows/interpreter/virtual/arrive';
import { decide } from '../../../workflows/interpreter/virtual/decide';
import { finish } from '../../../workflows/interpreter/virtual/finish';
import { move } from '../../../workflows/interpreter/virtual/move';
import { pump } from '../../../workflows/interpreter/virtual/pump';
import { send, type Provider, type Sender } from '../../../workflows/interpreter/virtual/send/send';
import { graphOf } from '../../../workflows/interpreter/virtual/world';
import { ID } from './trial';

/** One trial that runs as a workflow. */
export interface Playing {
  world: World;
  provider: Provider;
  attempts: number;
  /** What the clock of the world has ahead of the workflow's; known as soon as the workflow has begun. */
  ahead: Promise<number>;
  /** Brings what the store owes to the workflow. */
  tell: (owed: readonly DispatchRow[]) => Promise<void>;
}

/** The store of each trial, behind the activities that the worker offers. */
export function effectsOf(playing: ReadonlyMap<string, Playing>): JourneyEffects & DeliveryEffects {
  const offered =
    <Request extends { enrollmentId: string; now: number }, Answer>(
      effect: (world: World, request: Request, sender: Sender) => Answer,
    ) =>
    async (request: Request): Promise<Answer> => {
      const one = playing.get(request.enrollmentId);
      if (!one) throw new Error(`no trial ${request.enrollmentId}`);
      const ahead = await one.ahead;
      const key = request.enrollmentId;
      const asked = translated(request, { by: ahead, from: key, to: ID });
      one.world.now = Math.max(one.world.now, asked.now);
      fold(one.world);
      const answer = effect(one.world, asked, senderOf(one));
      await one.tell(fold(one.world));
      return translated(answer, { by: -ahead, from: ID, to: key });
    };
  return {
    loadGraph: async (versionId) => {
      const one = playing.get(versionId);
      if (!one) throw new Error(`no trial ${versionId}`);
      await one.ahead;
      return graphOf(one.world, ID);
    },
    arrive: offered(arrive),
    decide: offered(decide),
    act: offered(act),
    finish: offered(finish),
    needAttention: offered(needAttention),
    move: offered(move),
    sendEmail: offered(send),
    sendMessage: offered(send),
    notify: offered(send),
  };
}

/** Everything that was accepted is folded; what is owed to the workflow is taken out. */
export function fold(world: World): DispatchRow[] {
  while (pump(world) > 0);
  const owed = world.dispatches;
  world.dispatches = [];
  return owed;
}

function senderOf(one: Playing): Sender {
  const how = { transport: 'virtual', idempotent: false, graceMs: 50 * 60_000 };
  return { provider: one.provider, attempt: (channel) => ({ id: `attempt-${(one.attempts += 1)}`, channel, ...how }) };
}

/** Names of what carries an instant of the workflow's clock. */
const instants = ['now', 'until', 'deadline', 'since', 'resumes'];

interface Translation {
  by: number;
  from: string;
  to: string;
}

/** With every instant moved, and under the other name: workflow and world count from different days. */
function translated<T>(value: T, how: Translation): T {
  if (value === how.from) return how.to as T;
  if (Array.isArray(value) || value === null || typeof value !== 'object') return value;
  const parts = Object.entries(value).map(([name, part]: [string, unknown]) => {
    if (typeof part === 'number') return [name, instants.includes(name) ? part + how.by : part];
    return [name, translated(part, how)];
  });
  return Object.fromEntries(parts) as T;
}

import type { MoveOrder } from '../../contract/effects';
import type { Graph } from '../../journeys/graph';
import type { JsonObject } from '../../domain/json';
import { withAsked, withMove, type Mailbox } from '../mailbox';
import { liftHold, optOut, setHold, setLeaving } from './people';
import { accept } from './record';
import { raise } from './send/settle';
import type { Happening } from './virtual-host';
import { mustFind, type SendRow, type World } from './world';

/** Something that the persona does. `of` names the step whose message it is about. */
export interface Behaviour {
  at: number;
  type: string;
  properties?: JsonObject;
  traits?: JsonObject;
  of?: string;
}

/** Something that is done to the run, or to the persona, from outside. */
export type Intervention = { at: number } & (
  | { do: 'skip' | 'retry' | 'cancel' | 'pause' }
  | { do: 'resume'; spreadMs?: number }
  | { do: 'leave'; outcome: string }
  /** On in another version of the journey, with steps mapped as their author says. */
  | { do: 'move'; to: Graph; steps?: Record<string, string | null> }
  | { do: 'opt-out'; topic?: string }
  /** The provider tells what became of the message of a step. */
  | { do: 'provider-event'; of: string; state: 'accepted' | 'delivered' | 'bounced' }
);

export type ScriptItem = Behaviour | Intervention;

/** What a line of the script does to the world of this enrollment. */
export function happeningOf(item: ScriptItem, enrollmentId: string): Happening {
  const { at } = item;
  if ('type' in item) return { at, happen: (world, box) => (behave(world, item, enrollmentId), box) };
  return { at, happen: (world, box) => intervene(world, item, { enrollmentId, box }) };
}

function behave(world: World, item: Behaviour, enrollmentId: string): void {
  const { at: receivedAt, type, properties, traits, of } = item;
  const { contactId } = mustFind(world.enrollments, enrollmentId);
  const messageId = `script:${world.lastSeq}`;
  const sendId = of === undefined ? null : sendOfStep(world, enrollmentId, of).id;
  const keys = [`contact:${contactId}`];
  accept(world, {
    ...{ origin: 'script', messageId, type, keys, receivedAt, sendId },
    ...(properties && { properties }),
    ...(traits && { traits }),
  });
}

function intervene(world: World, item: Intervention, it: { enrollmentId: string; box: Mailbox }): Mailbox {
  const { enrollmentId, box } = it;
  switch (item.do) {
    case 'skip':
    case 'retry':
      return withAsked(box, item.do);
    case 'cancel':
      return { ...box, cancelled: true };
    case 'pause':
      setHold(world, { id: `hold:${world.holds.length}`, scope: 'enrollment', enrollmentId });
      return box;
    case 'resume':
      for (const { id } of world.holds) liftHold(world, id, item.spreadMs ?? 0);
      return box;
    case 'move':
      return withMove(box, orderOf(world, item));
    case 'leave':
      setLeaving(world, enrollmentId, { outcome: item.outcome, cause: { kind: 'operator' } });
      return box;
    case 'opt-out':
      optOutPersona(world, enrollmentId, item.topic ?? null);
      return box;
    case 'provider-event':
      raise(world, sendOfStep(world, enrollmentId, item.of), { state: item.state, at: item.at });
      return box;
  }
}

function orderOf(world: World, { to, steps = {} }: Extract<Intervention, { do: 'move' }>): MoveOrder {
  const number = world.graphs.size + 1;
  const versionId = `version ${number}`;
  world.graphs.set(versionId, to);
  return { versionId, number, steps, jobId: 'script' };
}

function optOutPersona(world: World, enrollmentId: string, topic: string | null): void {
  const { contactId } = mustFind(world.enrollments, enrollmentId);
  const { email } = mustFind(world.contacts, contactId).fields;
  if (typeof email === 'string') optOut(world, { address: email, contactId, topic, link: 'script' });
}

function sendOfStep({ sends }: World, enrollmentId: string, stepId: string): SendRow {
  const send = sends.filter((row) => row.enrollmentId === enrollmentId && row.stepId === stepId).at(-1);
  if (!send) throw new Error(`nothing was sent at ${stepId} yet`);
  return send;
}

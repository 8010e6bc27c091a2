import type { VisitOutcome } from '../visits/visit';
import { channelsOf, type Channel, type SendingStep } from './channel';

/** Another open enrollment of the contact, of higher priority, whose message is due. */
export interface Rival {
  enrollmentId: string;
  journey: string;
  priority: number;
  /** Epoch milliseconds; in the past where it is on its way already. */
  dueAt: number;
}

/** Where an open enrollment stands. Instants are epoch milliseconds. */
export interface Standing {
  visit: number;
  stepId: string | null;
  enteredAt: number;
  /** Of the visit that it stands at. */
  outcome: VisitOutcome | null;
  deadline: number | null;
  /** Its message at that visit, on the channel asked about. */
  send: { state: string; deferredUntil: number | null; reason: string | null } | null;
}

/** A journey as far as it tells which messages come: graphs fit. */
export interface Ways {
  first: string;
  steps: Record<string, WayStep>;
}
type WayStep =
  | (SendingStep & { next: string })
  | { kind: 'wait'; next: string; on: readonly { next: string }[] }
  | { kind: 'branch'; else: string; cases: readonly { next: string }[] }
  | { kind: 'split'; next: string; arms: readonly { next: string }[] }
  | { kind: 'repeat'; next: string; from: string }
  | { kind: 'update' | 'score' | 'task' | 'enroll'; next: string }
  | { kind: 'exit' };

/**
 * When the next message on a channel is due that keeps the caps; null where that is not known: behind a wait for a
 * behaviour, or when a message waits for an address. `if` and forks are taken for any way they may go.
 */
export function messageDueAt(ways: Ways, standing: Standing, it: { channel: Channel; at: number }): number | null {
  const { visit, stepId, outcome, deadline, send } = standing;
  const ahead = (ids: readonly string[], at: number): number | null =>
    ids.some((id) => leadsToMessage(ways, id, it.channel)) ? at : null;
  if (visit === 0 || stepId === null) return ahead([ways.first], standing.enteredAt);
  const step = ways.steps[stepId];
  if (!step) return null;
  if (outcome !== null) return ahead(waysBy(step, outcome), it.at);
  if (step.kind === 'wait') return deadline === null ? null : ahead([step.next], deadline);
  if (!isCapped(step, it.channel)) return ahead(nexts(step), it.at);
  if (send?.state === 'deferred') return send.reason === 'no-address' ? null : (send.deferredUntil ?? it.at);
  // One that is claimed has its place already.
  return send === null || send.state === 'retryable' ? it.at : ahead(nexts(step), it.at);
}

/** Whether the step, or what follows it without any time passing, is such a message. */
function leadsToMessage(ways: Ways, from: string, channel: Channel): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const step = ways.steps[id];
    if (!step || seen.has(id) || step.kind === 'wait') continue;
    if (isCapped(step, channel)) return true;
    seen.add(id);
    open.push(...nexts(step));
  }
  return false;
}

function isCapped(step: WayStep, channel: Channel): boolean {
  if (step.kind !== 'email' && step.kind !== 'message') return false;
  return step.send !== 'at-once' && channelsOf(step).includes(channel);
}

function waysBy(step: WayStep, outcome: VisitOutcome): readonly string[] {
  const on = /^on:(\d+)$/.exec(outcome)?.[1];
  if (step.kind !== 'wait' || on === undefined) return nexts(step);
  return [step.on[Number(on)]?.next ?? step.next];
}

/** Where a step may go on without waiting. */
function nexts(step: WayStep): readonly string[] {
  switch (step.kind) {
    case 'branch':
      return [step.else, ...step.cases.map(({ next }) => next)];
    case 'split':
      return [step.next, ...step.arms.map(({ next }) => next)];
    case 'repeat':
      return [step.next, step.from];
    case 'exit':
      return [];
    case 'email':
    case 'message':
    case 'notify':
    case 'wait':
    case 'update':
    case 'score':
    case 'task':
    case 'enroll':
      return [step.next];
  }
}

import type { SendAnswer } from '../../../contract/effects';
import { answerOf, isSettled } from '../../../domain/sending/answer';
import { CIRCUIT_MS, WOKEN_AT_ONCE, retriedAt, settled, type CallAnswer } from '../../../domain/sending/settling';
import { rises, type SendState } from '../../../domain/sending/state';
import { read, type Asked } from '../reading';
import { insideEvent, type InsideEvent } from '../record';
import { mustFind, type SendRow, type World } from '../world';
import { policyOf, sendOf, type Attempt } from './claim';

/** Last step of a send: stores what the provider said. PROTOCOL rule 18. */
export function settle(world: World, asked: Asked, it: { attempt: Attempt; answer: CallAnswer }): SendAnswer {
  const { attempt, answer } = it;
  const { at } = read(world, asked);
  const row = sendOf(world, asked, attempt.channel);
  if (!row) throw new Error(`no ${attempt.channel} send of ${asked.enrollmentId}/${asked.visit} to settle`);
  if (answer.kind === 'accepted') {
    if (row.attemptId === attempt.id && row.begunAt !== null) closeCircuit(world, attempt.transport, row.begunAt);
    raise(world, row, { state: 'accepted', at });
  } else if (row.attemptId === attempt.id) {
    const next = settled(row, answer, at);
    if (next && answer.kind === 'circuit' && next.state === 'retryable') {
      world.circuits.set(attempt.transport, { reason: answer.why, retryAt: at + CIRCUIT_MS, openedAt: at });
    }
    if (next && row.state === 'unknown') {
      world.dispatches.push({ enrollmentId: row.enrollmentId, kind: 'wake', visit: row.visit });
    }
    Object.assign(row, next);
  }
  if (!isSettled(row.state)) {
    return { kind: 'deferred', until: retriedAt(row.deferredUntil, at), why: row.reason ?? 'provider' };
  }
  return answerOf(row, policyOf(world, attempt));
}

/** Proof that a message was accepted, or what became of it. Raises every lower state and never lowers one. */
export function raise(world: World, row: SendRow, to: { state: SendState; at: number }): boolean {
  if (!rises(row.state, to.state)) return false;
  const { id: sendId, contactId, enrollmentId, visit, state: before } = row;
  Object.assign(row, { state: to.state, reason: null, settledAt: to.at });
  if (row.class !== 'internal')
    insideEvent(world, { ...sentEvent(row), messageId: `sent:${sendId}`, contactId, sendId });
  if (before === 'unknown' || before === 'retryable' || before === 'deferred') {
    world.dispatches.push({ enrollmentId, kind: 'wake', visit });
  }
  return true;
}

function sentEvent({ channel, template, stepId }: SendRow): Pick<InsideEvent, 'type' | 'properties'> {
  if (channel === 'email') return { type: 'email.sent', properties: { template, stepId } };
  return { type: 'message.sent', properties: { channel, stepId } };
}

/**
 * The transport takes mail again: who waited longest for that looks now. A call that began before the circuit was opened
 * says nothing about now.
 */
function closeCircuit(world: World, transport: string, begunAt: number): void {
  const circuit = world.circuits.get(transport);
  if (!circuit || circuit.openedAt > begunAt) return;
  world.circuits.delete(transport);
  const waiting = world.sends.filter((send) => waitsFor(world, send, circuit.reason));
  for (const { enrollmentId, visit } of waiting.slice(0, WOKEN_AT_ONCE)) {
    world.dispatches.push({ enrollmentId, kind: 'wake', visit });
  }
}

function waitsFor(world: World, { enrollmentId, visit, state, reason }: SendRow, closed: string): boolean {
  const enrollment = mustFind(world.enrollments, enrollmentId);
  const waits =
    (state === 'deferred' && reason === `transport: ${closed}`) || (state === 'retryable' && reason === closed);
  return waits && enrollment.visit === visit && enrollment.status !== 'finished';
}

import type { SendAnswer } from '../../../../workflows/contract/effects';
import { answerOf, isSettled } from '../../../../workflows/domain/sending/answer';
import {
  CIRCUIT_MS,
  WOKEN_AT_ONCE,
  retriedAt,
  settled,
  type CallAnswer,
  type NotAccepted,
} from '../../../../workflows/domain/sending/settling';
import type { Tx } from '../../../client';
import type { EffectContext } from '../context';
import { oweWake } from '../dispatches';
import type { Asked } from '../reading';
import type { Attempt } from './attempt';
import { policyOf } from './claim';
import { raiseSend } from './raise';
import { readSend, type SendRow } from './row';

/**
 * Last step of a send: stores what the provider said. Accepted settles from any attempt; anything else only from the
 * attempt that is sending. States only rise. PROTOCOL rule 18.
 */
export async function settle(
  tx: Tx,
  context: EffectContext,
  it: { asked: Asked; attempt: Attempt; answer: CallAnswer },
): Promise<SendAnswer> {
  const { asked, attempt, answer } = it;
  const { reading } = context;
  const row = await readSend(tx, asked, attempt.channel);
  if (!row) throw new Error(`no ${attempt.channel} send of ${asked.enrollmentId}/${asked.visit} to settle`);
  if (answer.kind === 'accepted')
    await accept(tx, context, { row, attempt, providerMessageId: answer.providerMessageId });
  else if (row.attemptId === attempt.id) await settleRefusal(tx, context, { row, attempt, answer, visit: asked.visit });
  const now = (await readSend(tx, asked, attempt.channel)) ?? row;
  // Also where another attempt has taken over: how that one ends is not known yet.
  if (!isSettled(now.state))
    return { kind: 'deferred', until: retriedAt(now.deferredUntil, reading.at), why: now.reason ?? 'provider' };
  return answerOf(now, policyOf(context, attempt));
}

async function accept(
  tx: Tx,
  { reading }: EffectContext,
  { row, attempt, providerMessageId }: { row: SendRow; attempt: Attempt; providerMessageId: string | null },
): Promise<void> {
  if (row.attemptId === attempt.id && row.begunAt !== null) await closeCircuit(tx, attempt.transport, row.begunAt);
  await raiseSend(tx, { sendId: row.id, state: 'accepted', providerMessageId, at: reading.at });
}

async function settleRefusal(
  tx: Tx,
  { reading }: EffectContext,
  { row, attempt, answer, visit }: { row: SendRow; attempt: Attempt; answer: NotAccepted; visit: number },
): Promise<void> {
  const { enrollmentId, journeyKey } = reading;
  const next = settled(row, answer, reading.at);
  if (!next) return;
  if (answer.kind === 'circuit' && next.state === 'retryable') {
    await openCircuit(tx, { transport: attempt.transport, reason: answer.why, at: reading.at });
  }
  const { state, reason, begun, settledAt, deferredUntil } = next;
  const data = { state, reason, begun, settledAt: dateOf(settledAt), deferredUntil: dateOf(deferredUntil) };
  await tx.send.update({ where: { id: row.id }, data });
  // The run waits out the grace period; a no is not to be passed over.
  if (row.state === 'unknown') await oweWake(tx, { enrollmentId, journeyKey, kind: 'wake', visit });
}

function dateOf(instant: number | null): Date | null {
  return instant === null ? null : new Date(instant);
}

async function openCircuit(tx: Tx, it: { transport: string; reason: string; at: number }): Promise<void> {
  const retryAt = new Date(it.at + CIRCUIT_MS);
  await tx.$executeRaw`
    insert into circuit (transport, reason, retry_at, created_at)
    values (${it.transport}, ${it.reason}, ${retryAt}, ${new Date(it.at)})
    on conflict (transport) do update
      set reason = excluded.reason, retry_at = excluded.retry_at, created_at = excluded.created_at`;
}

/**
 * The transport takes mail again: who waited longest for that looks now, and not when the circuit would have been tried.
 * A call that began before it was opened says nothing about now.
 */
async function closeCircuit(tx: Tx, transport: string, begunAt: number): Promise<void> {
  const closed = await tx.$queryRaw<{ reason: string }[]>`
    delete from circuit where transport = ${transport} and created_at <= ${new Date(begunAt)} returning reason`;
  for (const { reason } of closed) {
    await tx.$executeRaw`
      insert into dispatch (enrollment_id, workflow_id, kind, visit)
      select e.id, e.journey_key || '/' || e.id, 'wake', s.visit
      from send s join enrollment e on e.id = s.enrollment_id and e.visit = s.visit
      where e.status <> 'finished'
        and (s.state = 'deferred' and s.reason = ${`transport: ${reason}`} or s.state = 'retryable' and s.reason = ${reason})
      order by s.id limit ${WOKEN_AT_ONCE}`;
  }
}

import type { SendAnswer } from '../../../../workflows/contract/effects';
import type { Tx } from '../../../client';
import type { EffectContext } from '../context';
import type { Asked } from '../reading';
import { policyOf, type Attempt } from './claim';
import { raiseSend } from './raise';
import { answerOf, readSend, sendKey, type SendRow } from './row';

/** What the provider's answer to one call means. Instants are epoch milliseconds. */
export type CallAnswer =
  | { kind: 'accepted'; providerMessageId: string | null }
  /** Not accepted; may be called again at `at`. */
  | { kind: 'retryable'; at: number; why: string }
  | { kind: 'rejected'; why: string }
  | { kind: 'unknown'; why: string }
  /** The transport refuses us altogether: everybody waits. */
  | { kind: 'circuit'; why: string };

/** How long a transport that refuses us is left alone. */
const CIRCUIT_MS = 5 * 60_000;

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
  const key = sendKey(asked.enrollmentId, asked.visit);
  const row = await readSend(tx, key);
  if (!row) throw new Error(`no send ${key} to settle`);
  if (answer.kind === 'accepted')
    await accept(tx, context, { row, attempt, providerMessageId: answer.providerMessageId });
  else if (row.attemptId === attempt.id) await settleRefusal(tx, context, { row, attempt, answer });
  const now = (await readSend(tx, key)) ?? row;
  if (now.state === 'retryable')
    return { kind: 'deferred', until: later(now, reading.at), why: now.reason ?? 'provider' };
  return answerOf(now, policyOf(context, attempt));
}

/** Always later than now, so that nothing spins. */
function later({ deferredUntil }: SendRow, at: number): number {
  return Math.max(deferredUntil ?? 0, at + 200);
}

async function accept(
  tx: Tx,
  { reading }: EffectContext,
  { row, attempt, providerMessageId }: { row: SendRow; attempt: Attempt; providerMessageId: string | null },
): Promise<void> {
  await tx.$executeRaw`delete from circuit where transport = ${attempt.transport}`;
  await raiseSend(tx, { sendId: row.id, state: 'accepted', providerMessageId, at: reading.at });
}

type NotAccepted = Exclude<CallAnswer, { kind: 'accepted' }>;

async function settleRefusal(
  tx: Tx,
  { reading }: EffectContext,
  { row, attempt, answer }: { row: SendRow; attempt: Attempt; answer: NotAccepted },
): Promise<void> {
  const reason = answer.why;
  const settledAt = new Date(reading.at);
  const toldNo = answer.kind !== 'unknown';
  if (row.state === 'unknown') {
    // Somebody closed it during the call. A plain no is the truth only if no other attempt may have got through.
    if (toldNo && row.begun === 1) {
      await tx.send.update({ where: { id: row.id }, data: { state: 'rejected', reason, settledAt, begun: 0 } });
    }
    return;
  }
  if (row.state !== 'sending') return;
  const begun = row.begun - (toldNo ? 1 : 0);
  if (answer.kind === 'circuit') await openCircuit(tx, { transport: attempt.transport, reason, at: reading.at });
  const state = stateAfter(answer, begun);
  const deferredUntil = retryAt(answer, reading.at);
  await tx.send.update({
    where: { id: row.id },
    data: { state, reason, begun, settledAt: state === 'retryable' ? null : settledAt, deferredUntil },
  });
}

/** A rejection ends the message only if no other attempt may have delivered it. */
function stateAfter(answer: NotAccepted, begun: number): 'retryable' | 'rejected' | 'unknown' {
  if (answer.kind === 'unknown') return 'unknown';
  if (answer.kind === 'rejected') return begun > 0 ? 'unknown' : 'rejected';
  return 'retryable';
}

function retryAt(answer: NotAccepted, at: number): Date | null {
  if (answer.kind === 'retryable') return new Date(Math.max(answer.at, at + 200));
  return answer.kind === 'circuit' ? new Date(at + CIRCUIT_MS) : null;
}

async function openCircuit(tx: Tx, it: { transport: string; reason: string; at: number }): Promise<void> {
  const retryAt = new Date(it.at + CIRCUIT_MS);
  await tx.$executeRaw`
    insert into circuit (transport, reason, retry_at) values (${it.transport}, ${it.reason}, ${retryAt})
    on conflict (transport) do update set reason = excluded.reason, retry_at = excluded.retry_at`;
}

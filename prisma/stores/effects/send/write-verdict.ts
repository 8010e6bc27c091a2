import { newToken } from '../../links';
import { v7 } from 'uuid';
import type { SendState } from '../../../../workflows/domain/sending/state';
import { knocks, type Awaits, type ClaimVerdict } from '../../../../workflows/domain/sending/verdict';
import { sendKeyOf, type Channel } from '../../../../workflows/domain/sending/channel';
import type { Tx } from '../../../client';
import type { EffectContext } from '../context';
import type { Asked } from '../reading';
import type { ClaimReading } from './claim-case';
import type { SendRow } from './row';
import type { MessagingStep } from './step';

export interface Written {
  asked: Asked;
  step: MessagingStep;
  attempt: { channel: Channel };
  row: SendRow | null;
  verdict: ClaimVerdict;
  found: ClaimReading;
}

/** Stores a claim's verdict in the ledger, with what it waits for and whatever else follows from it. */
export async function writeVerdict(
  tx: Tx,
  context: EffectContext,
  it: Written,
): Promise<Pick<SendRow, 'id' | 'state' | 'reason' | 'settledAt'>> {
  const { reading } = context;
  const { asked, verdict, row } = it;
  const state = stateOf(verdict, row);
  const settledAt = state === 'suppressed' || state === 'unknown' ? reading.at : null;
  const id = await upsert(tx, context, { ...it, state, settledAt });
  if (verdict.kind === 'deferred' && verdict.awaits) await awaitChange(tx, context, { asked, awaits: verdict.awaits });
  if (verdict.kind === 'given-up') {
    const cause = JSON.stringify({ kind: 'given-up', detail: verdict.why });
    await tx.$executeRaw`
      update enrollment set leaving = ${verdict.outcome}, leaving_cause = ${cause}::jsonb
      where id = ${reading.enrollmentId}::uuid and leaving is null`;
  }
  return { id, state, reason: verdict.why, settledAt };
}

/** An attempt that began and was never told no may have delivered it: then nothing can be called suppressed. */
function stateOf(verdict: ClaimVerdict, row: SendRow | null): SendState {
  if (verdict.kind === 'claimed' || verdict.kind === 'deferred') return verdict.kind;
  return (row?.begun ?? 0) > 0 ? 'unknown' : 'suppressed';
}

async function upsert(
  tx: Tx,
  { reading }: EffectContext,
  it: Written & { state: SendState; settledAt: number | null },
): Promise<string> {
  const { asked, step, verdict, found, state, settledAt } = it;
  const { channel } = it.attempt;
  const now = {
    state,
    reason: verdict.why,
    contactId: reading.contactId,
    // Of the version that the journey is in by now.
    templateKey: step.kind === 'email' ? step.template : null,
    class: found.class,
    topic: found.topic,
    address: found.address,
    addressHash: found.addressHash,
    templateVersionId: found.templateVersionId,
    deferredUntil: verdict.kind === 'deferred' ? new Date(verdict.until) : null,
    claimedAt: state === 'claimed' ? new Date(reading.at) : null,
    settledAt: settledAt === null ? null : new Date(settledAt),
  };
  const key = sendKeyOf(asked.enrollmentId, asked.visit, channel);
  const { id } = await tx.send.upsert({
    where: { key },
    update: now,
    create: {
      id: v7(),
      key,
      channel,
      enrollmentId: asked.enrollmentId,
      visit: asked.visit,
      stepId: step.id,
      journeyKey: reading.journeyKey,
      unsubscribeToken: newToken(),
      ...now,
    },
    select: { id: true },
  });
  return id;
}

/** A change of what it waits for knocks; the claim then looks again. */
async function awaitChange(
  tx: Tx,
  { reading }: EffectContext,
  { asked, awaits }: { asked: Asked; awaits: Awaits },
): Promise<void> {
  const { enrollmentId, visit } = asked;
  await tx.$executeRaw`
    insert into wait_subscription (enrollment_id, visit, slot, contact_id, types, "where")
    select ${enrollmentId}::uuid, ${visit}, k.slot, ${reading.contactId}::uuid, array[k.type], k."where"
    from jsonb_to_recordset(${JSON.stringify(knocks[awaits])}::jsonb) as k(slot int, type text, "where" jsonb)
    on conflict do nothing`;
}

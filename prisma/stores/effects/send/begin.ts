import type { SendAnswer } from '../../../../workflows/contract/effects';
import type { JsonObject } from '../../../../workflows/domain/json';
import type { Channel } from '../../../../workflows/domain/sending/channel';
import { answerOf, isOpen } from '../../../../workflows/domain/sending/answer';
import { diversionOutcome, isPending } from '../../../../workflows/domain/visits/diversion';
import { holding } from '../../../../workflows/domain/visits/holds';
import type { Tx } from '../../../client';
import { wasSentByOthers } from '../../merging/sent';
import { lockAddressShared } from '../../addresses';
import type { SuppressionFound } from '../../suppressions';
import type { EffectContext } from '../context';
import type { Asked } from '../reading';
import { recordDecision } from '../record';
import { refuse } from '../visits';
import type { Attempt } from './attempt';
import { policyOf } from './claim';
import { recipientIn, suppressionOf } from './recipient';
import { makeUnknown, readSend, type SendRow } from './row';
import { sendingStepOf } from './step';

/** The message as it is to be called with: what was stored is what is sent. */
export interface StoredMessage {
  to: string;
  channel: Channel;
  from: { email: string; name: string };
  subject: string;
  html: string;
  text: string;
  headers: Record<string, string>;
  /** What other channels than mail carry. */
  payload: JsonObject | null;
}

export type BeginAnswer =
  | SendAnswer
  /** The call must start within 5 s of here. */
  | { kind: 'go'; message: StoredMessage }
  /** No longer as it was claimed: claim again. */
  | { kind: 'again' };

interface Beginning {
  asked: Asked;
  attempt: Attempt;
  row: SendRow;
  /** This attempt has begun before, and its call did not start in time. */
  isOwn: boolean;
}

/**
 * Second step of a send, right before the call: what may have changed since the claim is checked again, under the
 * contact's lock and then the address lock. No call follows a begin that committed after an opt-out. PROTOCOL rule 16.
 */
export async function begin(
  tx: Tx,
  context: EffectContext,
  it: { asked: Asked; attempt: Attempt },
): Promise<BeginAnswer> {
  const { asked, attempt } = it;
  const { reading } = context;
  const row = await readSend(tx, asked, attempt.channel);
  if (!row) return { kind: 'again' };
  const isOwn = row.state === 'sending' && row.attemptId === attempt.id;
  const may = row.state === 'claimed' || isOwn || (attempt.idempotent && row.state === 'sending');
  if (!may)
    return isOpen(row.state) || row.state === 'sending' ? { kind: 'again' } : answerOf(row, policyOf(context, attempt));
  if (asked.visit < reading.visit) return { kind: 'again' };
  const beginning = { asked, attempt, row, isOwn };
  return (await refused(tx, context, beginning)) ?? (await go(tx, context, beginning));
}

async function refused(tx: Tx, context: EffectContext, it: Beginning): Promise<BeginAnswer | null> {
  const { reading } = context;
  const { row } = it;
  if (reading.status === 'finished' || reading.leaving !== null) {
    await giveBack(tx, it, { reason: 'left', at: reading.at });
    return reading.status === 'finished' ? { kind: 'ended', outcome: reading.outcome ?? '' } : { kind: 'leave' };
  }
  if (isPending(reading.diverted)) {
    await giveBack(tx, it, { reason: diversionOutcome(reading.diverted), at: reading.at });
    return { kind: 'diverted', exit: reading.diverted.exit, visit: reading.visit };
  }
  const hold = holding(reading.holds, reading.enrollmentId, reading.at);
  if (hold) return refuse(tx, reading, { kind: 'held', until: hold.until, written: true });
  const recipient = recipientIn(context, sendingStepOf(context.graph, it.asked.stepId), it.attempt.channel);
  const isElsewhere = recipient.address !== row.address;
  if (row.state === 'claimed' && (isElsewhere || (await isOvertaken(tx, context, it)))) return { kind: 'again' };
  if (row.address === null) return { kind: 'again' };
  if (row.addressHash !== null) await lockAddressShared(tx, row.addressHash);
  const about = { channel: it.attempt.channel, topic: row.topic, class: row.class };
  const whom = { hash: row.addressHash, contactId: recipient.heedsContact ? reading.contactId : null };
  const bar = await suppressionOf(tx, whom, about);
  return bar && barred(tx, context, { ...it, bar });
}

/** A transport that refuses us meanwhile, or a run that has sent it already and made way: the claim has to weigh it. */
async function isOvertaken(tx: Tx, { reading }: EffectContext, { asked, attempt }: Beginning): Promise<boolean> {
  if (await wasSentByOthers(tx, reading, { asked, channel: attempt.channel })) return true;
  const circuit = await tx.circuit.findUnique({ where: { transport: attempt.transport }, select: { retryAt: true } });
  return circuit !== null && circuit.retryAt.getTime() > reading.at;
}

async function barred(tx: Tx, context: EffectContext, it: Beginning & { bar: SuppressionFound }): Promise<SendAnswer> {
  const { asked, bar, attempt } = it;
  const { at } = context.reading;
  const reason = `${bar.reason} (${bar.scope})`;
  const closed = await giveBack(tx, it, { reason, at });
  const { visit, stepId } = asked;
  await recordDecision(tx, context.reading, { visit, stepId, kind: 'send', outcome: 'suppressed', reason, at });
  return answerOf(closed, policyOf(context, attempt));
}

/** A refused begin may only call the message suppressed if no other attempt began. */
async function giveBack(tx: Tx, { row, isOwn }: Beginning, it: { reason: string; at: number }): Promise<SendRow> {
  if (row.begun > (isOwn ? 1 : 0)) return makeUnknown(tx, row, it);
  const { reason, at: settledAt } = it;
  await tx.send.update({
    where: { id: row.id },
    data: { state: 'suppressed', reason, settledAt: new Date(settledAt) },
  });
  return { ...row, state: 'suppressed', reason, settledAt };
}

async function go(tx: Tx, { reading }: EffectContext, { row, attempt, isOwn }: Beginning): Promise<BeginAnswer> {
  const rows = await tx.$queryRaw<StoredMessage[]>`
    with unsubscribing as (
      insert into unsubscribe_link (token, address_hash, contact_id, send_id, topic)
      select unsubscribe_token, address_hash, contact_id, id, topic from send
      where id = ${row.id}::uuid and channel = 'email' and class <> 'internal'
      on conflict (token) do nothing)
    update send s set state = 'sending', reason = null, attempt_id = ${attempt.id}::uuid, begun = begun + ${isOwn ? 0 : 1},
      begun_at = ${new Date(reading.at)}, transport = ${attempt.transport}
    from message_body b where s.id = ${row.id}::uuid and b.send_id = s.id
    returning s.address as "to", s.channel, b."from", b.subject, b.html, b.text, b.headers, b.payload`;
  const message = rows[0];
  return message ? { kind: 'go', message } : { kind: 'again' };
}
